// Says in the editor, before it matters, that saving would not work now: the session is over,
// somebody else is signed in, or there is no connection; and afterwards, why it did not. The site
// is asked when the person comes back to the tab, and when something could not be sent; what it
// answers also renews the form, so that a sign-in in another tab is all it takes.
const LONGEST = 8_000;
const NO_ANSWER = "There was no answer.";
const form = document.querySelector("form[data-writer-url]");
const person = document.body.dataset.signedIn;
let asking = null;

function say(notice) {
  for (const each of form.querySelectorAll("[data-notice]")) each.hidden = each.dataset.notice !== notice;
}

// Whether saving would work as far as one can tell.
function ask() {
  asking ??= answered().finally(() => (asking = null));
  return asking;
}

async function answered() {
  try {
    const signal = AbortSignal.timeout(LONGEST);
    const answer = await fetch(form.dataset.writerUrl, { cache: "no-store", signal });
    if (answer.ok) return welcome(await answer.json());
    if (answer.status === 401) say("signed-out");
    return answer.status !== 401;
  } catch {
    say("offline");
    return false;
  }
}

function welcome(writer) {
  if (String(writer.person) !== person) {
    say("other-person");
    return false;
  }
  for (const [name, value] of Object.entries(writer.fields)) form.elements[name].value = value;
  say("");
  form.dispatchEvent(new Event("connected"));
  return true;
}

async function explain({ status, body }) {
  if (!(await ask()) || (status > 0 && status < 429)) return;
  form.querySelector("[data-notice=not-saved] [data-why]").textContent = body.message ?? NO_ANSWER;
  say("not-saved");
}

if (form) {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  // A question that was asked before is about a connection that was not there.
  window.addEventListener("online", () => Promise.resolve(asking).then(ask));
  window.addEventListener("offline", () => say("offline"));
  form.addEventListener("not-kept", ask);
  form.addEventListener("not-saved", (event) => explain(event.detail));
  form.addEventListener("saved", () => say(""));
  new BroadcastChannel("notesite").addEventListener("message", ask);
  form.addEventListener("before-save", (event) => {
    // Without a connection the browser's own page would take the place of the text. Whether
    // there is one, the browser only guesses.
    if (!navigator.onLine) event.detail.push(ask());
  });
}
