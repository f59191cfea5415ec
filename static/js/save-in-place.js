// Ctrl+S and Cmd+S save and leave the person where they write. What takes a decision (two versions,
// a mistake in a field) is sent once more as a form, whose answer is a page.
const LONGEST = 15_000;
const TYPED = ["title", "note", "tags", "pinned"];

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
    // A redirect is no answer to a script: it leads to the page of a form that was refused.
    const answer = await fetch(form.action, { method: "POST", body, signal, redirect: "manual" });
    const isJson = answer.headers.get("Content-Type") === "application/json";
    return { status: answer.status, body: isJson ? await answer.json() : {} };
  } catch {
    return { status: 0, body: {} };
  }
}

const isSaved = (answer) => answer.status < 300 && Boolean(answer.body.version);
const isUnsure = (answer) => answer.status === 0 || answer.status >= 500;
const typed = (body) => JSON.stringify(TYPED.map((name) => body.get(name)));

// ``unsure`` is what was sent before without an answer. It may be saved: sent once more it is the
// same text and no conflict, which newer text would be.
async function save(form, unsure) {
  form.removeAttribute("data-unsaved");
  form.dispatchEvent(new Event("saving"));
  form.querySelector("[data-save-state]").textContent = "Saving…";
  if (unsure) {
    const answer = await send(form, unsure);
    if (isSaved(answer)) remember(form, answer.body, unsure.has("pinned"));
  }
  const body = new FormData(form);
  const answer = await send(form, body);
  if (isSaved(answer)) {
    const hasMore = typed(new FormData(form)) !== typed(body);
    remember(form, answer.body, body.has("pinned"));
    form.dispatchEvent(new Event("saved"));
    if (hasMore) form.dispatchEvent(new Event("input"));
  } else {
    form.dispatchEvent(new Event("input"));
    form.dispatchEvent(new CustomEvent("not-saved", { detail: answer }));
  }
  return { status: answer.status, unsure: isUnsure(answer) ? body : null };
}

const isAnswerAPage = (status) => [400, 403, 404, 409, 422].includes(status);

for (const form of document.querySelectorAll("form[data-save-in-place]")) {
  const state = form.querySelector("[data-save-state]");
  let saving = null;
  let unsure = null;

  async function saveInPlace() {
    const before = new CustomEvent("before-save", { detail: [] });
    form.dispatchEvent(before);
    if (!(await Promise.all(before.detail)).every(Boolean)) {
      state.textContent = "Not saved";
      return;
    }
    saving = save(form, unsure);
    const ended = await saving;
    saving = null;
    unsure = ended.unsure;
    if (isAnswerAPage(ended.status)) form.requestSubmit();
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
