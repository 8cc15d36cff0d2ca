import { Idiomorph } from "./idiomorph.js";
import { logStream } from "./log.js";

const POLL_MS = 10_000;
const MAX_JITTER_MS = 300;
/** The server gives a sign of life every 15 s. */
const MAX_SILENCE_MS = 40_000;
/** A page that takes longer never comes. */
const MAX_ANSWER_MS = 30_000;

/**
 * Keeps the page as the server would make it now: a stream of events says that something has changed, the page is asked
 * for again, and what differs is changed in place. Where there is no stream the page asks every few seconds. A browser has
 * but six connections for one server: a page that follows a log is told by that stream, and a hidden page, which nobody
 * looks at, lets its own go.
 */
export function startLive(changed) {
  let events;
  let poll;
  let silence;
  const refresh = oneAtATime(async () => {
    try {
      const signal = AbortSignal.timeout(MAX_ANSWER_MS);
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, signal });
      morph(new DOMParser().parseFromString(await response.text(), "text/html"));
      changed();
      // A server that has just failed may serve again without anything having changed.
      if (response.status >= 500) startPolling();
      else if (events?.readyState === EventSource.OPEN) stopPolling();
      tell(poll === undefined ? "" : `updating every ${POLL_MS / 1000} s`);
    } catch {
      tell("connection lost, trying again");
      startPolling();
    }
  });
  // Many open pages must not all ask at the same instant.
  const soon = () => setTimeout(refresh, Math.random() * MAX_JITTER_MS);

  function connect() {
    if (events !== undefined || document.hidden) return;
    events = logStream() ?? new EventSource("/events");
    hear();
    for (const event of ["hello", "change", "alive"]) events.addEventListener(event, hear);
    events.addEventListener("hello", () => {
      stopPolling();
      // Something may have changed since the page was made, or while the stream was away.
      soon();
    });
    events.addEventListener("change", soon);
    events.addEventListener("error", () => {
      startPolling();
      // The browser comes again by itself after a lost connection, but not after a refusal.
      if (events?.readyState === EventSource.CLOSED) events = undefined;
    });
  }

  function hear() {
    clearTimeout(silence);
    silence = setTimeout(giveUp, MAX_SILENCE_MS);
  }

  // A server that hangs, or a network that is gone, ends no stream.
  function giveUp() {
    disconnect();
    tell("connection lost, trying again");
    startPolling();
    document.dispatchEvent(new CustomEvent("qm:silent"));
  }

  function disconnect() {
    letGo();
    stopPolling();
  }

  function letGo() {
    clearTimeout(silence);
    if (events !== logStream()) events?.close();
    events = undefined;
  }

  function startPolling() {
    if (poll !== undefined || document.hidden) return;
    poll = setInterval(() => {
      connect();
      refresh();
    }, POLL_MS);
    soon();
  }

  function stopPolling() {
    clearInterval(poll);
    poll = undefined;
  }

  connect();
  document.addEventListener("qm:log-stream", () => {
    letGo();
    connect();
  });
  document.addEventListener("qm:ended", soon);
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
}

/** Lets one call of an asynchronous function run at a time, and one more after it if there were calls meanwhile. */
function oneAtATime(act) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    await act();
    running = false;
    if (!again) return;
    again = false;
    await run();
  };
}

function morph(fresh) {
  const clock = fresh.getElementById("clock");
  if (clock === null) throw new Error("it is no page of ours but of a proxy, say, that finds no server");
  document.title = fresh.title;
  document.getElementById("clock").replaceWith(clock);
  const now = document.getElementById("main");
  const next = fresh.getElementById("main");
  if (next === null) return;
  Idiomorph.morph(now, next, {
    morphStyle: "outerHTML",
    callbacks: {
      // Elements with this mark look after themselves: a form that is being filled in, a log that is being followed.
      beforeNodeMorphed: (node) => !(node instanceof Element && node.hasAttribute("data-keep")),
      // Details that a person has opened stay open.
      beforeAttributeUpdated: (name, node) => !(name === "open" && node instanceof HTMLDetailsElement),
    },
  });
}

function tell(text) {
  const place = document.getElementById("connection");
  if (place.textContent !== text) place.textContent = text;
}
