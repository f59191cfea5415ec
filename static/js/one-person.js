// A browser belongs to whoever is signed in now: what this tab's storage holds of somebody else
// goes, and so does their page in another tab. Text that is not saved yet is left alone there; it
// is on the screen, and the editor says that it can wait for its writer.
const person = document.body.dataset.signedIn;

if (person) {
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(`${person}:`)) sessionStorage.removeItem(key);
  }
  const tabs = new BroadcastChannel("notesite-person");
  tabs.addEventListener("message", (event) => {
    if (event.data !== person && !document.querySelector("form[data-unsaved]")) location.reload();
  });
  tabs.postMessage(person);
}
