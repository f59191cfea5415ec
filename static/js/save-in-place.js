// Ctrl+S and Cmd+S save and leave the person where they write. What takes a decision (two versions,
// a mistake in a field) is sent once more as a form, whose answer is a page.
function remember(form, saved, wasPinned) {
  form.action = saved.action;
  form.dataset.keepUrl = saved.keep_url;
  const field = form.elements.version ?? form.elements.noteid;
  Object.assign(field, { name: "version", value: saved.version });
  form.elements.base.value = saved.base;
  // Pinned from the list meanwhile.
  if (saved.pinned !== wasPinned) form.elements.pinned.checked = saved.pinned;
  history.replaceState(null, "", saved.action);
}

async function save(form) {
  if (!form.reportValidity()) return;
  const before = new CustomEvent("before-save", { detail: {} });
  form.dispatchEvent(before);
  await before.detail.waitFor;
  const body = new FormData(form);
  const sent = JSON.stringify([...body]);
  form.removeAttribute("data-unsaved");
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (answer === null || answer.status === 401) {
    form.setAttribute("data-unsaved", "");
    form.dispatchEvent(new Event("not-sent"));
    form.dispatchEvent(new Event("input"));
  } else if (answer.ok && answer.headers.get("Content-Type") === "application/json") {
    const hasMore = JSON.stringify([...new FormData(form)]) !== sent;
    remember(form, await answer.json(), body.has("pinned"));
    form.dispatchEvent(new Event("saved"));
    if (hasMore) form.dispatchEvent(new Event("input"));
  } else {
    form.requestSubmit();
  }
}

for (const form of document.querySelectorAll("form[data-save-in-place]")) {
  let saving = false;
  form.addEventListener("keydown", async (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
    if (event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (saving) return;
    saving = true;
    await save(form);
    saving = false;
  });
}
