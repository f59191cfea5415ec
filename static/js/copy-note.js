// Copies a note as it was typed. It is asked for when the button is pressed, so that no page holds the
// text twice; the clipboard gets a promise, because some browsers want it within the press itself.
async function textAt(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new Error(answer.status);
  return new Blob([await answer.text()], { type: "text/plain" });
}

if (navigator.clipboard && "ClipboardItem" in window) {
  for (const button of document.querySelectorAll("button[data-copies]")) {
    const state = document.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      state.textContent = "";
      try {
        const item = new ClipboardItem({ "text/plain": textAt(button.dataset.copies) });
        await navigator.clipboard.write([item]);
        state.textContent = "Copied.";
      } catch {
        state.textContent = "Not copied: try again, or download it.";
      }
    });
  }
}
