// Tells the browser's other tabs that the person signed out.
new BroadcastChannel("notesite").postMessage("signed-out");
