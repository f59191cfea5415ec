// Tells the browser's other tabs that the person signed out. Somebody who is signed in and only
// looks at this page has not.
if (!document.body.hasAttribute("data-signed-in")) {
  new BroadcastChannel("notesite").postMessage("signed-out");
}
