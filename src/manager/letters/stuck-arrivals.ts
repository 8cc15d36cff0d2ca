import fs from "node:fs";
import path from "node:path";
import { writeFileAtomically } from "../../disk/durable.ts";
import type { StuckArrival } from "../../mail/manager-letters.ts";
import { actionKey } from "../../plan/action.ts";
import { describeReadiness, type Readiness } from "../../plan/settle.ts";
import type { Arriving, QueueEntry, Snapshot } from "../../plan/snapshot.ts";
import { identityOf } from "../../queue/intake/arrival.ts";
import type { Layout } from "../../queue/layout.ts";
import { folderUser } from "../../queue/origin.ts";
import { tryOr } from "../../text/try-or.ts";

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
      const why = seen.obstacles.get(actionKey("copy_in", entry.name)) ?? lastingWhy(entry);
      if (why === undefined) return [];
      const sinceMs = this.#sinceMs.get(entry.name) ?? nowMs;
      this.#sinceMs.set(entry.name, sinceMs);
      const isDue = nowMs - sinceMs >= TOLD_AFTER_MS && !this.#told.has(this.#keyOf(entry.name));
      return isDue ? [{ name: entry.name, owner: folderUser(this.#pathOf(entry.name), undefined), why }] : [];
    });
  }

  /** Marks folders as told of. On a full disk only this manager knows, and the next one tells once more. */
  noteTold(arrivals: readonly StuckArrival[]): void {
    const still = [...this.#sinceMs.keys()]
      .map((name) => this.#keyOf(name))
      .filter((key) => this.#told.has(key));
    this.#told = new Set([...still, ...arrivals.map(({ name }) => this.#keyOf(name))]);
    tryOr(() => {
      fs.mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileAtomically(this.#file, [...this.#told].map((key) => `${key}\n`).join(""), 0o600);
    }, undefined);
  }

  #pathOf(name: string): string {
    return path.join(this.#queue, name);
  }

  // Another folder of the same name is told of again.
  #keyOf(name: string): string {
    const stats = fs.lstatSync(this.#pathOf(name), { throwIfNoEntry: false });
    return JSON.stringify([name, stats === undefined ? "" : identityOf(stats)]);
  }
}

const IN_NEED: ReadonlySet<Readiness["kind"]> = new Set(["unreadable", "unmovable", "mount_point"]);

function isInNeed(entry: QueueEntry): entry is Arriving {
  return entry.kind === "arriving" && IN_NEED.has(entry.readiness.kind);
}

function lastingWhy({ readiness }: Arriving): string | undefined {
  if (readiness.kind === "mount_point") return describeReadiness(readiness);
  if (readiness.kind !== "unreadable") return undefined;
  const { denied, ...rest } = readiness;
  if (denied === undefined) return describeReadiness(rest);
  return describeReadiness({ ...rest, denied: { name: "NAME", isGroups: denied.isGroups } });
}

function readLines(file: string): string[] {
  const text = tryOr(() => fs.readFileSync(file, "utf8"), "");
  return text.split("\n").filter((line) => line !== "");
}
