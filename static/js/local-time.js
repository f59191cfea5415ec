// Says on hover, in the reader's own time zone, when exactly something was.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

for (const element of document.querySelectorAll("time[data-local-time]")) {
  element.title = format.format(new Date(element.dateTime));
}
