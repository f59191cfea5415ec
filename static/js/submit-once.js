// A form that was sent is not sent again by an impatient second click. When the page is still
// there although its answer should have come, or somebody stayed when asked, the form hears
// "still-here" and can be sent anew.
// The site's pages take less than this; an upload takes as long as it takes.
const LONGEST = 10_000;

function release() {
  const forms = [...document.querySelectorAll("form[data-sent]")];
  for (const form of forms) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  }
  return forms;
}

function stay() {
  for (const form of release()) form.dispatchEvent(new Event("still-here"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  for (const button of form.querySelectorAll("button[type=submit]")) {
    button.setAttribute("aria-disabled", "true");
  }
  if (form.enctype !== "multipart/form-data") setTimeout(stay, LONGEST);
});

// Asked whether to leave unsaved text. Timers go on once the question is answered.
window.addEventListener("beforeunload", () => {
  if (document.querySelector("form[data-unsaved]")) setTimeout(stay);
});
// Back from the browser's cache of pages: it was sent, and is loaded anew.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) release();
});
