// A text that no note can hold is not sent: its writer is told while it is still in the editor, to be
// cut or divided. (The site would show it again, but far beyond the limit it does not read a form.)
const encoder = new TextEncoder();

for (const area of document.querySelectorAll("textarea[data-most-bytes]")) {
  const most = Number(area.dataset.mostBytes);
  const check = () => {
    // UTF-8 has at most three bytes for each of JavaScript's units.
    const size = area.value.length * 3 > most ? encoder.encode(area.value).length : 0;
    const words = `The text is ${(size - most).toLocaleString("en")} bytes too long for a note.`;
    area.setCustomValidity(size > most ? words : "");
  };
  area.addEventListener("input", check);
  check();
}
