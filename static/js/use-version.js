// Puts one of the two versions into the text that will be saved, in place of the merged one. The
// browser's undo does not know of it, so what was merged by hand has a button of its own.
const area = document.querySelector("form[data-warn-unsaved] textarea");
const takeBack = document.querySelector("button[data-take-back]");
let replaced = "";

function put(text) {
  replaced = area.value;
  takeBack.hidden = false;
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

takeBack.addEventListener("click", () => put(replaced));

for (const button of document.querySelectorAll("button[data-use-version]")) {
  const version = document.querySelector(`[data-version="${button.dataset.useVersion}"]`);
  // Shown from where the versions differ.
  version.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  button.hidden = false;
  button.addEventListener("click", () => put(version.textContent));
}
