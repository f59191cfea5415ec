// j and k move through the notes of a list.
const links = [...document.querySelectorAll(".note-list h2 a")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || links.length === 0) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const now = links.indexOf(document.activeElement);
  const next = now === -1 ? 0 : Math.min(Math.max(now + step, 0), links.length - 1);
  links[next].focus();
});
