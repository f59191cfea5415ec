// Keeps what is being typed in this tab until it is saved, and offers it again: after a crash, a
// reload, or a sign-in in between. Only in sessionStorage, which ends with the tab, and under the
// person it belongs to. A draft carries the version it began with, so that putting it back after
// the note changed elsewhere ends in the page with both versions and not in overwriting.
const FIELDS = ["title", "note", "tags"];
const HIDDEN = ["version", "base", "noteid", "continues"];
const person = document.body.dataset.signedIn;
// one-person.js removes what does not begin with the person who is signed in.
const keyOf = (path) => `${person}:draft:${path}`;

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // The storage is full or switched off; the server keeps its own promises without it.
  }
}

function typed(form) {
  const field = (name) => form.elements[name];
  return {
    ...Object.fromEntries(FIELDS.map((name) => [name, field(name).value])),
    ...Object.fromEntries(HIDDEN.map((name) => [name, field(name)?.value ?? ""])),
    pinned: field("pinned").checked,
    editor: field("editor").value,
    at: Date.now(),
  };
}

// The text of a page that is gone goes on as that page's draft on the server. A page holds its id
// while it is open: a copy of the tab, which has the same storage, stays another editor.
const held = new Set();

function beEditor(form, id) {
  if (held.has(id)) {
    form.elements.editor.value = id;
    return;
  }
  navigator.locks?.request(`editor ${id}`, { ifAvailable: true }, (lock) => {
    if (!lock) return null;
    held.add(id);
    form.elements.editor.value = id;
    return new Promise(() => {});
  });
}

function fill(form, draft) {
  for (const name of FIELDS) form.elements[name].value = draft[name];
  form.elements.pinned.checked = draft.pinned;
  for (const name of HIDDEN) {
    if (form.elements[name] && draft[name]) form.elements[name].value = draft[name];
  }
  beEditor(form, draft.editor);
  form.elements.note.dispatchEvent(new Event("input", { bubbles: true }));
}

const isSameText = (form, draft) => FIELDS.every((name) => form.elements[name].value === draft[name]);

function offer(form, key, draft) {
  const banner = form.querySelector("[data-draft-offer]");
  if (!banner || isSameText(form, draft)) return;
  // What this tab has is at least as new as what it sent; another device may have sent more.
  const other = document.querySelector("[data-kept-offer]");
  const isOlder = other && Date.parse(other.querySelector("time").dateTime) <= draft.at;
  if (isOlder) other.hidden = true;
  const time = banner.querySelector("[data-draft-time]");
  let offered = null;
  function show(text) {
    offered = text;
    const at = new Date(text.at);
    time.dateTime = at.toISOString();
    time.textContent = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    banner.hidden = false;
  }
  show(draft);
  banner.querySelector("[data-draft-restore]").addEventListener("click", () => {
    banner.hidden = true;
    const put = offered;
    // What was written before the answer changes places with it.
    if (form.hasAttribute("data-unsaved")) show(typed(form));
    fill(form, put);
    form.elements.note.focus();
  });
  banner.querySelector("[data-draft-discard]").addEventListener("click", () => {
    banner.hidden = true;
    if (isOlder) other.hidden = false;
    sessionStorage.removeItem(key);
  });
  // Saved without leaving, the form is that note's alone.
  form.addEventListener("saved", () => (banner.hidden = true));
}

for (const form of document.querySelectorAll("form[data-keep-draft]")) {
  const key = () => keyOf(new URL(form.action).pathname);
  beEditor(form, form.elements.editor.value);
  const opened = key();
  const draft = read(opened);
  // A form that the server filled in again has what was typed already, and it is not saved.
  if (form.hasAttribute("data-unsaved")) write(opened, typed(form));
  else if (draft) offer(form, opened, draft);
  form.addEventListener("input", () => write(key(), typed(form)));
  form.addEventListener("submit", () => write(key(), { ...typed(form), sent: true }));
  // Saved without leaving: a new note's editor has become that of the note.
  form.addEventListener("saved", () => {
    sessionStorage.removeItem(opened);
    sessionStorage.removeItem(key());
  });
}

// A note that is shown in a later version than its draft began with, after the draft was sent,
// has been saved.
const note = document.querySelector("[data-note]");
if (note) {
  for (const path of ["/notes/new/", `/notes/${note.dataset.note}/edit/`]) {
    const draft = read(keyOf(path));
    const isThisNote = path !== "/notes/new/" || draft?.noteid === note.dataset.note;
    if (draft?.sent && isThisNote && Number(note.dataset.version) > Number(draft.version)) {
      sessionStorage.removeItem(keyOf(path));
    }
  }
}
