// Ctrl+S and Cmd+S save and leave the person where they write. What takes a decision (two versions,
// a mistake in a field) is sent once more as a form, whose answer is a page.
const LONGEST = 15_000;

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

async function send(form, body) {
  try {
    const signal = AbortSignal.timeout(LONGEST);
    const answer = await fetch(form.action, { method: "POST", body, signal });
    const isJson = answer.headers.get("Content-Type") === "application/json";
    return { status: answer.status, body: isJson ? await answer.json() : {} };
  } catch {
    return { status: 0, body: {} };
  }
}

async function save(form) {
  const body = new FormData(form);
  const sent = JSON.stringify([...body]);
  form.removeAttribute("data-unsaved");
  form.querySelector("[data-save-state]").textContent = "Saving…";
  const answer = await send(form, body);
  if (answer.status < 300 && answer.body.version) {
    const hasMore = JSON.stringify([...new FormData(form)]) !== sent;
    remember(form, answer.body, body.has("pinned"));
    form.dispatchEvent(new Event("saved"));
    if (hasMore) form.dispatchEvent(new Event("input"));
  } else {
    // It may have arrived all the same; then it is the same text once more, and no conflict.
    form.dispatchEvent(new Event("input"));
    form.dispatchEvent(new CustomEvent("not-saved", { detail: answer }));
  }
  return answer.status;
}

const isAnswerAPage = (status) => [400, 403, 404, 409, 422].includes(status);

for (const form of document.querySelectorAll("form[data-save-in-place]")) {
  let saving = null;

  async function saveInPlace() {
    const before = new CustomEvent("before-save", { detail: [] });
    form.dispatchEvent(before);
    if (!(await Promise.all(before.detail)).every(Boolean)) return;
    saving = save(form);
    const status = await saving;
    saving = null;
    if (isAnswerAPage(status)) form.requestSubmit();
  }

  form.addEventListener("before-save", (event) => {
    if (saving) event.detail.push(saving.then(() => true));
  });
  let isAsked = false;
  form.addEventListener("keydown", async (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
    if (event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (isAsked || !form.reportValidity()) return;
    isAsked = true;
    await saveInPlace();
    isAsked = false;
  });
}
