import fs from "node:fs";
import path from "node:path";
import { actionKey } from "../core/action.ts";
import { describeReadiness } from "../core/settle.ts";
import type { Arriving, QueueEntry, Snapshot } from "../core/snapshot.ts";
import { writeFileAtomically } from "../files/durable.ts";
import { identityOf } from "../folders/arrival.ts";
import type { Layout } from "../folders/layout.ts";

/** A folder of the queue that the manager can neither move nor copy in, and why. */
export interface StuckArrival {
  readonly name: string;
  readonly why: string;
}

/** A right may still be given, a disk be emptied: nobody is told before. */
const TOLD_AFTER_MS = 60_000;

/** Tells of folders that the manager cannot take, each once; what has been told outlives the manager. */
export class StuckArrivals {
  readonly #queue: string;
  readonly #file: string;
  readonly #sinceMs = new Map<string, number>();
  #told: ReadonlySet<string>;

  constructor({ queue, outbox }: Pick<Layout, "queue" | "outbox">) {
    this.#queue = queue;
    this.#file = path.join(outbox, "stuck-arrivals");
    this.#told = new Set(readLines(this.#file));
  }

  /** The folders that have been stuck for a minute by now, on the monotonic clock, and have not been told of. */
  due(seen: Pick<Snapshot, "queue" | "obstacles">, nowMs: number): StuckArrival[] {
    const stuck = seen.queue.filter(isInNeed);
    const names = new Set(stuck.map(({ name }) => name));
    for (const name of this.#sinceMs.keys()) if (!names.has(name)) this.#sinceMs.delete(name);
    return stuck.flatMap((entry) => {
      const why = seen.obstacles.get(actionKey("copy_in", entry.name)) ?? unreadableWhy(entry);
      if (why === undefined) return [];
      const sinceMs = this.#sinceMs.get(entry.name) ?? nowMs;
      this.#sinceMs.set(entry.name, sinceMs);
      const isDue = nowMs - sinceMs >= TOLD_AFTER_MS && !this.#told.has(this.#keyOf(entry.name));
      return isDue ? [{ name: entry.name, why }] : [];
    });
  }

  /** Marks folders as told of. On a full disk only this manager knows. */
  noteTold(arrivals: readonly StuckArrival[]): void {
    const still = [...this.#sinceMs.keys()]
      .map((name) => this.#keyOf(name))
      .filter((key) => this.#told.has(key));
    this.#told = new Set([...still, ...arrivals.map(({ name }) => this.#keyOf(name))]);
    try {
      fs.mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileAtomically(this.#file, [...this.#told].map((key) => `${key}\n`).join(""), 0o600);
    } catch {
      // Told once more after a restart.
    }
  }

  // Another folder of the same name is told of again.
  #keyOf(name: string): string {
    const stats = fs.lstatSync(path.join(this.#queue, name), { throwIfNoEntry: false });
    return JSON.stringify([name, stats === undefined ? "" : identityOf(stats)]);
  }
}

function isInNeed(entry: QueueEntry): entry is Arriving {
  if (entry.kind !== "arriving") return false;
  return entry.readiness.kind === "unreadable" || entry.readiness.kind === "unmovable";
}

function unreadableWhy({ readiness }: Arriving): string | undefined {
  return readiness.kind === "unreadable" ? describeReadiness(readiness) : undefined;
}

function readLines(file: string): string[] {
  try {
    return fs
      .readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}
