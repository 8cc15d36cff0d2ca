import fs from "node:fs";
import path from "node:path";
import type { Liveness } from "../../app/manager-state.ts";
import type { Queue } from "../../app/queue.ts";
import { type QueueView, viewQueue } from "../../app/queue-view.ts";
import { JOB_FILES, type Layout } from "../../queue/layout.ts";
import { areInodesLow } from "../../text/inodes.ts";
import { lastLinesOf } from "./last-lines.ts";

/** Age up to which a view counts as new. */
const FRESH_MS = 400;
/** Age at which a view is renewed without any visible change: a manager may have died. */
const STALE_MS = 3000;

/** The queue as it stands, read when it is asked for and at most so often. */
export class LiveQueue {
  readonly #queue: () => Queue;
  readonly #liveness: Liveness;
  readonly #notices: () => readonly string[];
  #view: QueueView | undefined;
  #stamp = "";
  #lookedMs = Number.NEGATIVE_INFINITY;
  #viewedMs = Number.NEGATIVE_INFINITY;
  #text = "";
  #version = 0;

  /** @param notices what a person ought to know of the page itself */
  constructor(queue: () => Queue, liveness: Liveness, notices: () => readonly string[] = () => []) {
    this.#queue = queue;
    this.#liveness = liveness;
    this.#notices = notices;
  }

  /** The queue now. Throws what the file system throws. */
  view(): QueueView {
    this.#look();
    if (this.#view === undefined) throw new Error("a look gives a view or throws");
    return this.#view;
  }

  /** Another number after every change that people can see. */
  version(): number {
    this.#look();
    return this.#version;
  }

  /** Drops the last view after a change. */
  expire(): void {
    this.#lookedMs = Number.NEGATIVE_INFINITY;
    this.#viewedMs = Number.NEGATIVE_INFINITY;
  }

  #look(): void {
    const nowMs = performance.now();
    if (this.#view !== undefined && nowMs - this.#lookedMs < FRESH_MS) return;
    this.#lookedMs = nowMs;
    const queue = this.#queue();
    const stamp = stampOf(queue.layout, this.#view);
    if (stamp === this.#stamp && nowMs - this.#viewedMs < STALE_MS) return;
    const view = viewQueue(queue, this.#liveness);
    this.#view = { ...view, notices: [...view.notices, ...this.#notices()] };
    this.#stamp = stamp;
    this.#viewedMs = nowMs;
    const { web } = queue.config;
    const lines = web.displayDetails ? [...lastLinesOf(queue.layout, view.running)] : [];
    const text = JSON.stringify([steadyPart(this.#view), lines, web]);
    if (text !== this.#text) this.#version += 1;
    this.#text = text;
  }
}

/** The times of all that the view is made from. */
function stampOf(layout: Layout, view: QueueView | undefined): string {
  const files = [
    layout.root,
    layout.queue,
    layout.running,
    layout.finished,
    layout.lost,
    layout.status,
    ...(view?.running ?? []).map(({ name }) => path.join(layout.running, name, JOB_FILES.log)),
  ];
  const stamps = files.map((file) => {
    const stats = fs.lstatSync(file, { throwIfNoEntry: false });
    return stats === undefined ? "-" : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
  });
  return stamps.join("|");
}

// Free disk space moves all the time: what its tens of megabytes tell is enough.
function steadyPart({ disk, manager, ...rest }: QueueView): object {
  return {
    ...rest,
    manager: manager.kind === "alive" ? [manager.status.pid, manager.status.startedAt] : manager,
    freeBytes: Math.round(disk.freeBytes / 1e8),
    lowInodes: areInodesLow(disk.inodes) ? disk.inodes.free : undefined,
  };
}
