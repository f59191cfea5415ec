// A button with data-opens shows that dialog; without scripts there is no such button.
for (const button of document.querySelectorAll("button[data-opens]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.getElementById(button.dataset.opens).showModal();
  });
}
