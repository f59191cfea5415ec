// Puts one of the two versions into the text that will be saved, in place of the merged one. The
// browser's undo does not know of it, so what was merged by hand has a button that brings it back.
const area = document.querySelector("form[data-warn-unsaved] textarea");
const takeBack = document.querySelector("button[data-take-back]");
const versions = [...document.querySelectorAll("[data-version]")].map((each) => each.textContent);
let merged = "";

function put(text) {
  if (!versions.includes(area.value)) merged = area.value;
  takeBack.hidden = false;
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

takeBack.addEventListener("click", () => put(merged));

for (const button of document.querySelectorAll("button[data-use-version]")) {
  const version = document.querySelector(`[data-version="${button.dataset.useVersion}"]`);
  // Shown from where the versions differ.
  version.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  button.hidden = false;
  button.addEventListener("click", () => put(version.textContent));
}
