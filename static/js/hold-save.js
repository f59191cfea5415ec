// A save waits for what it must not overtake: a draft on its way, a save in place, the answer to
// whether there is a connection. They say so at the event "before-save", each with a promise that
// ends by itself; if one of them comes to false, the text is not sent.
for (const form of document.querySelectorAll("form[data-keep-url]")) {
  const state = form.querySelector("[data-save-state]");
  let isHolding = false;
  let isReady = false;

  form.addEventListener("submit", async (event) => {
    state.textContent = "Saving…";
    if (isReady) return;
    const before = new CustomEvent("before-save", { detail: [] });
    form.dispatchEvent(before);
    if (!before.detail.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isHolding) return;
    isHolding = true;
    const answers = await Promise.all(before.detail);
    isHolding = false;
    if (!answers.every(Boolean)) {
      state.textContent = "Not saved";
      return;
    }
    isReady = true;
    form.requestSubmit(event.submitter);
    isReady = false;
  });
}
