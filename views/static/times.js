const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

let isTicking = false;
/** By how much the server's clock is before this machine's, which may be wrong. */
let aheadMs = 0;

/** Lets the times on the page go on: the server's clock, how long ago something was, how long something runs. */
export function startTimes() {
  aheadMs = Number(document.getElementById("clock").dataset.now) - Date.now();
  tick();
  if (!isTicking) setInterval(tick, 1000);
  isTicking = true;
}

function tick() {
  const nowMs = Date.now() + aheadMs;
  tickClock(nowMs);
  for (const time of document.querySelectorAll("main time")) {
    const seconds = Math.max(0, (nowMs - Date.parse(time.dateTime)) / 1000);
    show(time, time.hasAttribute("data-span") ? span(seconds) : `${span(seconds)} ago`);
  }
}

function tickClock(nowMs) {
  const clock = document.getElementById("clock");
  const there = new Date(nowMs + clock.dataset.zoneMinutes * 60_000);
  show(clock, `${there.toISOString().slice(11, 19)} (${clock.dataset.zone})`);
}

function show(element, text) {
  if (element.textContent !== text) element.textContent = text;
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
