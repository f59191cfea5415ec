// Keeps what is being typed on the server every few seconds, as a draft of this person alone, so
// that neither a crash nor a closed tab loses it. It is not saved by that: the note stays as it is.
const PAUSE = 3_000;
const PAUSE_OF_LONG_TEXT = 15_000;
const LONGEST_PAUSE = 60_000;
const LONG = 50_000;
// Browsers send no more than 64 KB for a page that is gone (Fetch standard, "keepalive").
const FAREWELL = 60_000;

const clock = () => new Date().toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });

function hidden(form, name, value) {
  const field = form.elements[name] ?? form.appendChild(document.createElement("input"));
  Object.assign(field, { type: "hidden", name, value });
}

function keepOnServer(form) {
  const state = form.querySelector("[data-save-state]");
  let timer = 0;
  let sending = null;
  let isNew = form.hasAttribute("data-unsaved");
  let failures = 0;

  function pause() {
    const usual = form.elements.note.value.length > LONG ? PAUSE_OF_LONG_TEXT : PAUSE;
    return Math.min(usual * 2 ** failures, LONGEST_PAUSE);
  }

  function schedule() {
    if (isNew && !timer) timer = setTimeout(send, pause());
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
  }

  function send({ isLeaving = false } = {}) {
    stop();
    if (!isNew || sending) return;
    isNew = false;
    sending = keep(isLeaving).finally(() => {
      sending = null;
      schedule();
    });
  }

  async function keep(isLeaving) {
    const body = new FormData(form);
    const keepalive = isLeaving && form.elements.note.value.length * 3 < FAREWELL;
    try {
      const answer = await fetch(form.dataset.keepUrl, { method: "POST", body, keepalive });
      if (!answer.ok) throw new Error(answer.status);
      hidden(form, "draft", (await answer.json()).draft);
      failures = 0;
      if (!isNew) state.textContent = `Draft kept ${clock()}`;
    } catch {
      state.textContent = "Not saved";
      isNew = true;
      failures += 1;
      if (failures < 3) form.dispatchEvent(new Event("not-sent"));
    }
  }

  form.addEventListener("input", () => {
    isNew = true;
    if (state.textContent.startsWith("Saved")) state.textContent = "";
    schedule();
  });
  form.addEventListener("connected", () => {
    if (failures) send();
  });
  // Saving ends the draft: it must not come back by a message that is still on its way.
  form.addEventListener("before-save", (event) => {
    stop();
    event.detail.waitFor = sending;
  });
  form.addEventListener("saved", () => {
    stop();
    isNew = false;
    failures = 0;
    state.textContent = `Saved ${clock()}`;
    hidden(form, "draft", "");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) send({ isLeaving: true });
  });
  window.addEventListener("pagehide", () => send({ isLeaving: true }));
  form.addEventListener("submit", (event) => {
    stop();
    isNew = false;
    if (!sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sending.then(() => form.requestSubmit(event.submitter));
  });
  schedule();
}

document.querySelectorAll("form[data-keep-url]").forEach(keepOnServer);
