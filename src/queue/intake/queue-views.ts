import type { Arriving, QueueEntry, Waiting } from "../../plan/snapshot.ts";
import type { ShelfEntry } from "../shelves.ts";
import type { Admission, Admissions } from "./admissions.ts";
import type { KnownFolder } from "./known-folder.ts";

/** What lies in the queue and is no folder, or cannot be told to be one. */
export interface Stray {
  readonly entry: ShelfEntry;
  readonly view: QueueEntry;
}

/** The queue as the plan sees it: the same list as long as nothing changes, and the same entry as long as its folder does not. */
export class QueueViews {
  readonly #admissions: Admissions;
  #list: readonly QueueEntry[] | undefined;

  constructor(admissions: Admissions) {
    this.#admissions = admissions;
  }

  /** Whether something has changed since the list was last made. */
  get areOutdated(): boolean {
    return this.#list === undefined;
  }

  /** Has the list made anew, as something has come or gone. */
  outdate(): void {
    this.#list = undefined;
  }

  /** Has the view of one folder made anew, and so the list. */
  outdateOf(known: KnownFolder): void {
    known.view = undefined;
    this.#list = undefined;
  }

  /** The views of all; times on the monotonic clock. */
  list(
    folders: Iterable<KnownFolder>,
    strays: Iterable<Stray>,
    nowMs: number,
    settleSeconds: number,
  ): readonly QueueEntry[] {
    this.#list ??= [
      ...Array.from(folders, (known) => this.#viewOf(known, nowMs, settleSeconds)),
      ...Array.from(strays, ({ view }) => view),
    ];
    return this.#list;
  }

  #viewOf(known: KnownFolder, nowMs: number, settleSeconds: number): QueueEntry {
    known.view ??= this.#makeView(known, nowMs, settleSeconds);
    return known.view;
  }

  #makeView(known: KnownFolder, nowMs: number, settleSeconds: number): QueueEntry {
    const { name } = known.entry;
    const admission = this.#admissions.get(name);
    if (admission !== undefined && known.admitted) return waitingView(known, admission);
    return arrivingView(known, this.#admissions.placeOf(name), nowMs, settleSeconds);
  }
}

function waitingView(known: KnownFolder, admission: Admission): Waiting {
  const { info, place, sentToTop, headSinceMs, admittedAtMs, bytes, files } = admission;
  return {
    kind: "waiting",
    name: known.entry.name,
    info,
    place,
    sentToTop,
    ...(headSinceMs === undefined ? {} : { headSinceMs }),
    admittedAtMs,
    bytes,
    files,
    held: known.requests.hold,
    killRequested: known.requests.kill,
    topRequested: known.requests.top,
  };
}

function arrivingView(
  known: KnownFolder,
  place: number | undefined,
  nowMs: number,
  settleSeconds: number,
): Arriving {
  const { arrival, requests, entry } = known;
  return {
    kind: "arriving",
    name: entry.name,
    ...(place === undefined ? {} : { place }),
    bytes: arrival?.survey?.bytes ?? 0,
    files: arrival?.survey?.files ?? 0,
    readiness: arrival?.readiness(requests.ready, settleSeconds, nowMs) ?? { kind: "unseen" },
    killRequested: requests.kill,
  };
}

/** What the disk does not show, as the plan sees it; `why` is the system's code. */
export function unreadableView(name: string, why: string): QueueEntry {
  const readiness = { kind: "unreadable", why } as const;
  return { kind: "arriving", name, bytes: 0, files: 0, readiness, killRequested: false };
}

/** The folders of the queue that are being surveyed: they arrive, or something about them has changed. */
export class QueueSurveys {
  readonly #folders = new Set<KnownFolder>();

  add(known: KnownFolder): void {
    this.#folders.add(known);
  }

  delete(known: KnownFolder): void {
    this.#folders.delete(known);
  }

  [Symbol.iterator](): Iterator<KnownFolder> {
    return this.#folders.values();
  }

  /** When the next survey is due on the monotonic clock; infinity when nothing is surveyed. */
  nextDueMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { arrival } of this.#folders) {
      if (arrival !== undefined && arrival.nextSurveyMs < next) next = arrival.nextSurveyMs;
    }
    return next;
  }

  /** Goes on with the surveys that are due, until a time on the monotonic clock; true when one has become whole. */
  advance(nowMs: number, until: number): boolean {
    let completed = false;
    for (const { arrival } of this.#folders) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      if (arrival === undefined || arrival.nextSurveyMs > nowMs) continue;
      arrival.advance(nowMs, leftMs);
      completed ||= arrival.nextSurveyMs > nowMs;
    }
    return completed;
  }
}
