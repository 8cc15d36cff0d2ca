const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

let isTicking = false;

/** Lets the times on the page go on: how long ago something was, how long something runs. */
export function startTimes() {
  tick();
  if (!isTicking) setInterval(tick, 1000);
  isTicking = true;
}

function tick() {
  for (const time of document.querySelectorAll("main time")) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1000);
    const text = time.hasAttribute("data-span") ? span(seconds) : `${span(seconds)} ago`;
    if (time.textContent !== text) time.textContent = text;
  }
}

/** The two largest units, as the server writes them. */
function span(seconds) {
  let left = Math.round(seconds);
  const at = UNITS.findIndex(([, size]) => left >= size);
  if (at === -1) return "0 s";
  const parts = [];
  for (const [unit, size] of UNITS.slice(at, at + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ");
}
