// The way back from a note leads to the list that it was opened from, with the same search and page,
// and to its place there.
const KEY = `${document.body.dataset.signedIn}:list`;
const back = document.querySelector("a[data-back-to-list]");

if (back) {
  const list = sessionStorage.getItem(KEY);
  if (list) back.href = `${list}#${back.dataset.backToList}`;
} else {
  sessionStorage.setItem(KEY, location.pathname + location.search);
}
