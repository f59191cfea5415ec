// After a sign-out in another tab, or back from the browser's cache of pages, nothing of the
// person stays on the screen. Text that is not saved yet is left alone. A sign-out by the person's
// own hand also empties what this browser's tabs keep of notes.
const isSignedIn = document.body.hasAttribute("data-signed-in");
const hasUnsavedText = () => document.querySelector("form[data-unsaved]") !== null;
const tabs = new BroadcastChannel("notesite");

function reload() {
  if (!hasUnsavedText()) location.reload();
}

if (isSignedIn) {
  tabs.addEventListener("message", (event) => {
    if (event.data === "forget" && !hasUnsavedText()) sessionStorage.clear();
    if (event.data === "signed-out") reload();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) reload();
  });
  let isSigningOut = false;
  for (const form of document.querySelectorAll("form[data-signs-out]")) {
    form.addEventListener("submit", () => (isSigningOut = true));
    form.addEventListener("still-here", () => (isSigningOut = false));
  }
  // Not before: asked whether to leave unsaved text, somebody may stay.
  window.addEventListener("pagehide", () => {
    if (!isSigningOut) return;
    sessionStorage.clear();
    tabs.postMessage("forget");
  });
}
