// Moments as the reader's own clock has them: exactly on hover; as a day, where that is another one
// than the server's; and how long ago, also in a tab that has been open since.
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function dayOf(moment, month, now) {
  const year = now && moment.getFullYear() === now.getFullYear() ? "" : ` ${moment.getFullYear()}`;
  // British short names have a "Sept", which the server's have not.
  return `${moment.getDate()} ${moment.toLocaleDateString("en-US", { month })}${year}`;
}

// As notes/display.py says it.
function ago(moment, now) {
  const age = now - moment;
  if (age < MINUTE) return "just now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  if (age < 2 * DAY) return "yesterday";
  if (age < 7 * DAY) return `${Math.floor(age / DAY)} days ago`;
  return dayOf(moment, "short", now);
}

function tell(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function refresh() {
  const now = new Date();
  for (const element of document.querySelectorAll("time[data-ago]")) {
    tell(element, ago(new Date(element.dateTime), now));
  }
}

for (const element of document.querySelectorAll("time[data-local-time]")) {
  element.title = exact.format(new Date(element.dateTime));
}
for (const element of document.querySelectorAll("time[data-local-day]")) {
  tell(element, dayOf(new Date(element.dateTime), "long"));
}
refresh();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
