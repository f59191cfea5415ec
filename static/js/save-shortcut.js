// Ctrl+Enter, Cmd+Enter, Ctrl+S and Cmd+S send the form that is written in, unless another script
// has already done what was asked.
for (const form of document.querySelectorAll("form[data-save-shortcut]")) {
  form.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const isSave = event.key === "Enter" || event.key.toLowerCase() === "s";
    if (!isSave || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
}
