import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ChildOf } from "../job/child-of.ts";
import type { JobRecord } from "../job/record.ts";
import { type ChildEnd, endOfRecord } from "../job/spread.ts";
import type { Child, QueueEntry, Run, Spread } from "../plan/snapshot.ts";
import type { Attempt, Attempts } from "../queue/attempts/attempts.ts";
import {
  type ChildNote,
  type ChildPlace,
  readChildNote,
  writeChildNote,
} from "../queue/attempts/child-notes.ts";
import { readEndRecord } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";
import { listFolderNames } from "../queue/stages.ts";
import { Lasting } from "../text/lasting.ts";
import type { WorkerPort } from "../worker/worker-port.ts";

/** A claimed job that runs on all workers, as the look at `QM_Jobs` shows it. */
export interface ClaimedSpread extends Omit<Spread, "verified" | "children"> {
  readonly attempt: Attempt;
  /** Absolute path of the job's folder in `QM_Jobs`. */
  readonly jobFolder: string;
  /** The manager's own machine. */
  readonly port: WorkerPort;
}

/** As {@link ClaimedSpread}, with its children. */
export interface ObservedSpread extends ClaimedSpread, Spread {}

/** The places in which a child may lie. */
interface Sight {
  readonly queue: readonly QueueEntry[];
  readonly runs: readonly Run[];
}

/** The jobs that run on all workers, and what is known of their children. */
export class Spreads {
  readonly #layout: Layout;
  readonly #attempts: Attempts;
  /** Hidden names of children that have been put into the queue under their own. */
  readonly #landed = new Set<string>();
  /** Children that are found nowhere, by their hidden names. */
  readonly #missing = new Lasting();
  #last: readonly ObservedSpread[] = [];

  constructor(layout: Layout, attempts: Attempts) {
    this.#layout = layout;
    this.#attempts = attempts;
  }

  /** The jobs with their children. Throws where that cannot be seen whole. */
  observe(claimed: readonly ClaimedSpread[], sight: Sight): readonly ObservedSpread[] {
    this.#last = claimed.map((spread) => this.#observeOne(spread, sight));
    return this.#last;
  }

  /** Those of the last look. */
  get last(): readonly ObservedSpread[] {
    return this.#last;
  }

  /** The note of a child of a job that has not been accounted for; undefined for any other job, and for a copy that somebody has made of the child. */
  noteOf({ childOf, name }: Pick<JobRecord, "childOf" | "name">): ChildNote | undefined {
    const place = childOf && this.#placeOf(childOf);
    const note = place && readChildNote(place);
    return note?.name === name ? note : undefined;
  }

  /** Notes that a child waits in the queue, for the first time or again, and under which name. Throws what the file system throws. */
  noteAdmitted(childOf: ChildOf, name: string, identity: string): void {
    const place = this.#placeOf(childOf);
    const note = place && readChildNote(place);
    if (place === undefined || note === undefined) return;
    const isThis = note.name === name || note.identity === identity;
    const isNews = note.name !== name || note.end !== undefined;
    if (isThis && isNews) writeChildNote(place, { version: 1, name, copy: note.copy, identity });
  }

  /** Notes how a child has ended. Throws what the file system throws. */
  noteEnd(record: JobRecord): void {
    const end = endOfRecord(record);
    const note = this.noteOf(record);
    const place = record.childOf && this.#placeOf(record.childOf);
    if (end !== undefined && note !== undefined && place !== undefined)
      writeChildNote(place, { ...note, end });
  }

  #placeOf({ runId, worker }: ChildOf): ChildPlace | undefined {
    const attempt = this.#attempts.list().find(({ launch }) => launch.runId === runId);
    const at = attempt?.launch.spread?.indexOf(worker) ?? -1;
    return attempt === undefined || at === -1 ? undefined : { folder: attempt.folder, at };
  }

  #observeOne(spread: ClaimedSpread, sight: Sight): ObservedSpread {
    const { attempt, launch } = spread;
    const workers = launch.spread ?? [];
    const notes = workers.map((_, at) => readChildNote({ folder: attempt.folder, at }));
    const children = workers.map((worker, at) => ({
      worker,
      ...this.#observeChild(notes[at], sight, launch.runId),
    }));
    // The mark of a look that was good may be gone after a power cut: a child is made only after it.
    return { ...spread, children, verified: attempt.verified || notes.some((note) => note !== undefined) };
  }

  #observeChild(note: ChildNote | undefined, sight: Sight, runId: string): Omit<Child, "worker"> {
    if (note === undefined || !this.#hasLanded(note.copy)) return { isUntroubled: false, missedSeconds: 0 };
    const { name, copy, end } = note;
    if (end !== undefined) return { name, isUntroubled: false, missedSeconds: 0, end };
    const found = findChild(name, sight);
    if (found !== undefined || this.#liesSomewhere(name)) {
      this.#missing.end(copy);
      return { name, isUntroubled: found === "untroubled", missedSeconds: 0 };
    }
    const missedSeconds = this.#missing.note(copy, os.uptime());
    return { name, isUntroubled: false, missedSeconds, end: this.#endAtRest(name, runId) };
  }

  // By the list of names, as some mounts tell of a single path what was true seconds ago.
  #hasLanded(copy: string): boolean {
    if (this.#landed.has(copy)) return true;
    const lies = fs.readdirSync(this.#layout.queue).includes(copy);
    if (!lies) this.#landed.add(copy);
    return !lies;
  }

  #liesSomewhere(name: string): boolean {
    const { queue, running } = this.#layout;
    return [queue, running].some((stage) => listFolderNames(stage).includes(name));
  }

  // Somebody may have moved it there by hand.
  #endAtRest(name: string, runId: string): ChildEnd | undefined {
    for (const stage of [this.#layout.finished, this.#layout.lost]) {
      const record = readEndRecord(this.#layout, path.join(stage, name));
      if (record?.childOf?.runId === runId) return endOfRecord(record);
    }
    return undefined;
  }
}

/** `troubled` where its end has been asked for or decided on, or it has ended and is not accounted for yet. */
function findChild(name: string, { queue, runs }: Sight): "untroubled" | "troubled" | undefined {
  const run = runs.find((candidate) => candidate.name === name);
  if (run !== undefined) {
    const isOver = run.state.kind === "exited" || run.state.kind === "vanished";
    return isOver || run.killRequested || run.end !== undefined ? "troubled" : "untroubled";
  }
  const entry = queue.find((candidate) => candidate.name === name);
  if (entry === undefined || entry.kind === "stray") return undefined;
  return entry.killRequested ? "troubled" : "untroubled";
}
