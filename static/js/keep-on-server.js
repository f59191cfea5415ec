// Keeps what is being typed on the server every few seconds, as a draft of this person alone, so
// that neither a crash nor a closed tab loses it. It is not saved by that: the note stays as it is.
const PAUSE = 3_000;
const PAUSE_OF_LONG_TEXT = 15_000;
const LONGEST_PAUSE = 60_000;
const LONG = 50_000;
// Browsers send no more than 64 KB for a page that is gone (Fetch standard, "keepalive").
const FAREWELL = 60_000;
const LONGEST = 8_000;
// A save whose page has not come after this and the time of submit-once.js is not under way.
const CERTAINLY_ANSWERED = 10_000;
const OVERTAKEN = new Error("Newer text is on its way.");

const clock = () => new Date().toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });

function keepOnServer(form) {
  const state = form.querySelector("[data-save-state]");
  let timer = 0;
  let uncertain = 0;
  const sending = new Map();
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
    if (!isNew || (sending.size && !isLeaving)) return;
    isNew = false;
    // Older text must not arrive after newer.
    for (const former of sending.values()) former.abort(OVERTAKEN);
    const controller = new AbortController();
    const kept = keep(isLeaving, controller.signal);
    sending.set(kept, controller);
    const limit = setTimeout(() => controller.abort(), LONGEST);
    kept.finally(() => {
      clearTimeout(limit);
      sending.delete(kept);
      schedule();
    });
  }

  async function keep(isLeaving, signal) {
    const body = new FormData(form);
    const length = form.elements.note.value.length * 3 + form.elements.base.value.length;
    const keepalive = isLeaving && length < FAREWELL;
    try {
      const answer = await fetch(form.dataset.keepUrl, { method: "POST", body, keepalive, signal });
      if (!answer.ok) throw new Error(answer.status);
      const { draft } = await answer.json();
      failures = 0;
      if (!isNew) state.textContent = draft ? `Draft kept ${clock()}` : "";
    } catch (error) {
      if (error === OVERTAKEN) return;
      state.textContent = "Not saved";
      isNew = true;
      failures += 1;
      if (failures < 3) form.dispatchEvent(new Event("not-kept"));
    }
  }

  form.addEventListener("input", () => {
    isNew = true;
    if (state.textContent.startsWith("Saved")) state.textContent = "";
    schedule();
  });
  form.addEventListener("connected", () => {
    send();
  });
  // Saving ends the draft: it must not come back by a message that is still on its way.
  form.addEventListener("before-save", (event) => {
    stop();
    if (sending.size) event.detail.push(Promise.all(sending.keys()).then(() => true));
  });
  form.addEventListener("not-saved", () => {
    state.textContent = "Not saved";
  });
  form.addEventListener("saved", () => {
    stop();
    clearTimeout(uncertain);
    isNew = false;
    failures = 0;
    state.textContent = `Saved ${clock()}`;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) send({ isLeaving: true });
  });
  window.addEventListener("pagehide", () => send({ isLeaving: true }));
  for (const sent of ["saving", "submit"]) {
    form.addEventListener(sent, () => {
      stop();
      clearTimeout(uncertain);
      isNew = false;
    });
  }
  form.addEventListener("still-here", () => {
    state.textContent = "";
    uncertain = setTimeout(() => {
      isNew = true;
      schedule();
    }, CERTAINLY_ANSWERED);
  });
  schedule();
}

document.querySelectorAll("form[data-keep-url]").forEach(keepOnServer);
