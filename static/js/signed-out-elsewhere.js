// After a sign-out in another tab, or back from the browser's cache of pages, nothing of the
// person stays on the screen. Text that is not saved yet is left alone.
const isSignedIn = document.body.hasAttribute("data-signed-in");
const hasUnsavedText = () => document.querySelector("form[data-unsaved]") !== null;

function reload() {
  if (!hasUnsavedText()) location.reload();
}

if (isSignedIn) {
  new BroadcastChannel("notesite").addEventListener("message", (event) => {
    if (event.data === "signed-out") reload();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) reload();
  });
}
