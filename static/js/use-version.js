// Puts one of the two versions into the text that will be saved, in place of the merged one.
const area = document.querySelector("form[data-warn-unsaved] textarea");

for (const button of document.querySelectorAll("button[data-use-version]")) {
  const version = document.querySelector(`[data-version="${button.dataset.useVersion}"]`);
  // Shown from where the versions differ.
  version.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  button.hidden = false;
  button.addEventListener("click", () => {
    area.value = version.textContent;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
}
