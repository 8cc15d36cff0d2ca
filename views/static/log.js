// Follows the log of a job: new lines are appended as they come, without ever being read as markup.

const MAX_LINES = 5000;
const RETRY_MS = 5000;
const AT_END_PX = 4;

let log = null;
let panel = null;
let follow = null;
let state = null;

let source = null;
let place = "";
let hasEnded = false;
let lastTop = 0;

// A browser allows a site few connections: a page that nobody sees gives its own back.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
// A stream that has become silent may be cut without anybody having been told.
document.addEventListener("qm:silent", () => {
  close();
  open();
});
new MutationObserver(keepScroll).observe(document.body, { childList: true, subtree: true });

/** Follows the log that is on the page. An error in between takes it away, and what comes back is another element. */
export function startLog() {
  const found = document.getElementById("log");
  if (found === log) return;
  close();
  log = found;
  if (log !== null) begin();
}

function begin() {
  panel = document.getElementById("log-panel");
  follow = document.getElementById("log-follow");
  state = document.getElementById("log-state");
  place = log.dataset.from;
  hasEnded = panel.dataset.live !== "yes";
  showFollow();
  scrollToEnd();
  follow.addEventListener("change", () => {
    announce();
    if (follow.checked) scrollToEnd();
  });
  log.addEventListener("scroll", noticeScroll, { passive: true });
  new MutationObserver(noticeNewAttempt).observe(panel, { attributeFilter: ["data-live"] });
  open();
}

function open() {
  if (log === null || source !== null || hasEnded || document.hidden) return;
  const address = new URL(log.dataset.stream, window.location.href);
  address.searchParams.set("from", place);
  address.searchParams.set("changes", "yes");
  source = new EventSource(address);
  source.addEventListener("lines", (event) => {
    place = event.lastEventId;
    showLines(JSON.parse(event.data));
  });
  source.addEventListener("skipped", (event) => showSkipped(JSON.parse(event.data).bytes));
  source.addEventListener("reset", () => log.replaceChildren());
  source.addEventListener("end", end);
  source.addEventListener("error", reopenLater);
  announceStream();
}

function close() {
  if (source === null) return;
  source.close();
  source = null;
  announceStream();
}

/** The open stream of the log, which tells of changes of the queue too; null where there is none. */
export function logStream() {
  return source;
}

function announceStream() {
  document.dispatchEvent(new CustomEvent("qm:log-stream"));
}

// The browser comes again by itself after a lost connection, but not after a refusal.
function reopenLater() {
  if (source?.readyState !== EventSource.CLOSED) return;
  close();
  setTimeout(open, RETRY_MS);
}

function end() {
  close();
  hasEnded = true;
  state.textContent = "The log has ended.";
  showFollow();
  document.dispatchEvent(new CustomEvent("qm:ended"));
}

// The job has been put back into the queue while its page was open.
function noticeNewAttempt() {
  if (panel.dataset.live !== "yes" || !hasEnded) return;
  hasEnded = false;
  state.textContent = "";
  showFollow();
  open();
}

function showFollow() {
  follow.parentElement.hidden = hasEnded;
  announce();
}

// Only who follows is read new lines aloud.
function announce() {
  log.setAttribute("aria-live", !hasEnded && follow.checked ? "polite" : "off");
}

function showLines({ lines, partial }) {
  const fresh = document.createDocumentFragment();
  for (const line of lines.slice(-MAX_LINES)) fresh.append(lineElement(line, "line", "\n"));
  if (partial.length > 0) fresh.append(lineElement(partial, "line unfinished", ""));
  const unfinished = log.querySelector(".unfinished");
  if (unfinished === null) log.append(fresh);
  else unfinished.replaceWith(fresh);
  settle();
}

function showSkipped(bytes) {
  const unfinished = log.querySelector(".unfinished");
  unfinished?.classList.remove("unfinished");
  unfinished?.append("\n");
  const text = `… ${bytes.toLocaleString("en")} bytes left out …`;
  log.append(lineElement([{ text, classes: "cut" }], "line", "\n"));
}

function lineElement(spans, className, ending) {
  const line = document.createElement("span");
  line.className = className;
  line.append(...spans.map(spanNode), ending);
  return line;
}

function spanNode({ text, classes }) {
  if (classes === "") return document.createTextNode(text);
  const span = document.createElement("span");
  span.className = classes;
  span.textContent = text;
  return span;
}

function settle() {
  const heightBefore = log.scrollHeight;
  const tooMany = log.childElementCount - MAX_LINES;
  for (let left = tooMany; left > 0; left -= 1) log.firstElementChild.remove();
  if (follow.checked) scrollToEnd();
  else if (tooMany > 0) log.scrollTop -= heightBefore - log.scrollHeight;
}

function scrollToEnd() {
  log.scrollTop = log.scrollHeight;
  lastTop = log.scrollTop;
}

function noticeScroll() {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < AT_END_PX;
  if (!isAtEnd && log.scrollTop < lastTop && follow.checked) {
    follow.checked = false;
    announce();
  }
  lastTop = log.scrollTop;
}

// An update of the page in place may take the log out of it for a moment, and it forgets how far it was scrolled.
function keepScroll(changes) {
  const wasMoved = changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.contains(log)));
  if (wasMoved) log.scrollTop = lastTop;
}
