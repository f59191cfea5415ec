// Keeps what is being typed on the server every few seconds, as a draft of this person alone, so
// that neither a crash nor a closed tab loses it. It is not saved by that: the note stays as it is.
const PAUSE = 3_000;
const PAUSE_OF_LONG_TEXT = 15_000;
const LONGEST_PAUSE = 60_000;
const LONG = 50_000;
// Browsers send no more than 64 KB for a page that is gone (Fetch standard, "keepalive").
const FAREWELL = 60_000;
const LONGEST = 8_000;

const clock = () => new Date().toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });

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
    if (!isNew || (sending && !isLeaving)) return;
    isNew = false;
    const kept = keep(isLeaving).finally(() => {
      if (sending === kept) sending = null;
      schedule();
    });
    sending = kept;
  }

  async function keep(isLeaving) {
    const body = new FormData(form);
    const keepalive = isLeaving && form.elements.note.value.length * 3 < FAREWELL;
    const signal = AbortSignal.timeout(LONGEST);
    try {
      const answer = await fetch(form.dataset.keepUrl, { method: "POST", body, keepalive, signal });
      if (!answer.ok) throw new Error(answer.status);
      failures = 0;
      if (!isNew) state.textContent = `Draft kept ${clock()}`;
    } catch {
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
    if (failures) send();
  });
  // Saving ends the draft: it must not come back by a message that is still on its way.
  form.addEventListener("before-save", (event) => {
    stop();
    if (sending) event.detail.push(sending.then(() => true));
  });
  form.addEventListener("not-saved", () => {
    state.textContent = "Not saved";
  });
  form.addEventListener("saved", () => {
    stop();
    isNew = false;
    failures = 0;
    state.textContent = `Saved ${clock()}`;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) send({ isLeaving: true });
  });
  window.addEventListener("pagehide", () => send({ isLeaving: true }));
  form.addEventListener("submit", () => {
    stop();
    isNew = false;
  });
  form.addEventListener("still-here", () => {
    state.textContent = "";
    isNew = true;
    schedule();
  });
  schedule();
}

document.querySelectorAll("form[data-keep-url]").forEach(keepOnServer);
