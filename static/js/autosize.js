// A text area as tall as its text, so that the page scrolls and not a box within it.
for (const area of document.querySelectorAll("textarea[data-autosize]")) {
  const fit = () => {
    const top = window.scrollY;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
    window.scrollTo({ top });
  };
  area.addEventListener("input", fit);
  window.addEventListener("resize", fit);
  fit();
}
