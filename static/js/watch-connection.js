// Says in the editor, before it matters, that saving would not work now: the session is over,
// somebody else is signed in, or there is no connection. The site is asked when the person comes
// back to the tab, and when something could not be sent; what it answers also renews the form,
// so that a sign-in in another tab is all it takes.
const form = document.querySelector("form[data-writer-url]");
const person = document.body.dataset.signedIn;
let asking = false;

function say(notice) {
  for (const each of form.querySelectorAll("[data-notice]")) each.hidden = each.dataset.notice !== notice;
}

async function ask() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(form.dataset.writerUrl, { cache: "no-store" });
    if (answer.ok) welcome(await answer.json());
    else if (answer.status === 401) say("signed-out");
  } catch {
    say("offline");
  } finally {
    asking = false;
  }
}

function welcome(writer) {
  if (String(writer.person) !== person) {
    say("other-person");
    return;
  }
  for (const [name, value] of Object.entries(writer.fields)) form.elements[name].value = value;
  say("");
  form.dispatchEvent(new Event("connected"));
}

if (form) {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  window.addEventListener("online", ask);
  window.addEventListener("offline", () => say("offline"));
  form.addEventListener("not-sent", ask);
  new BroadcastChannel("notesite").addEventListener("message", ask);
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    // The browser's own page would take the place of the text.
    event.preventDefault();
    event.stopImmediatePropagation();
    say("offline");
  });
}
