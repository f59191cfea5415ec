// Asks before a page with unsaved text is left. data-unsaved marks a form that has some.
for (const form of document.querySelectorAll("form[data-warn-unsaved]")) {
  form.addEventListener("input", () => form.setAttribute("data-unsaved", ""));
  form.addEventListener("still-here", () => form.setAttribute("data-unsaved", ""));
  form.addEventListener("submit", () => form.removeAttribute("data-unsaved"));

  window.addEventListener("beforeunload", (event) => {
    if (form.hasAttribute("data-unsaved")) event.preventDefault();
  });
}
