import type fs from "node:fs";
import { typeName } from "../../disk/safe-read.ts";
import type { QueueEntry } from "../../plan/snapshot.ts";
import type { StageEntry } from "../stages.ts";
import { JobFile, jobNameOfFile } from "./job-file.ts";

/** Something that is left alone as it is. */
interface Stray {
  readonly entry: StageEntry;
  readonly stray: QueueEntry;
}

type Places = (name: string) => number | undefined;

/** All that lies in the queue and is no folder, or cannot be told to be one: what is left alone, and files that are jobs. */
export class LooseThings {
  readonly #things = new Map<string, Stray | JobFile>();

  /** The entry of this name. */
  get(name: string): StageEntry | undefined {
    return this.#things.get(name)?.entry;
  }

  /** The file of this name that may be a job. */
  jobFile(name: string): JobFile | undefined {
    const thing = this.#things.get(name);
    return thing instanceof JobFile ? thing : undefined;
  }

  /** The names. */
  get names(): Iterable<string> {
    return this.#things.keys();
  }

  /** All entries, as they are now. */
  entries(): readonly StageEntry[] {
    return [...this.#things.values()].map(({ entry }) => entry);
  }

  /** True where something of it may look otherwise to the plan though nothing has been looked at since. */
  get isArriving(): boolean {
    return this.#jobFiles().some((file) => file.isArriving);
  }

  /** The time of the next look at a file that arrives, on the monotonic clock; infinity when there is none. */
  get nextLookMs(): number {
    return this.#jobFiles().reduce((next, file) => Math.min(next, file.nextLookMs), Number.POSITIVE_INFINITY);
  }

  /** The entries that are to be looked at. */
  due(nowMs: number): readonly StageEntry[] {
    return this.#jobFiles().flatMap(({ nextLookMs, entry }) => (nextLookMs <= nowMs ? [entry] : []));
  }

  /** Takes up how something was found. `wasTemporary`: it had the temporary form of its name before. */
  look(entry: StageEntry, stats: fs.Stats, nowMs: number, wasTemporary: boolean): void {
    const { name } = entry;
    const file = this.jobFile(name);
    if (!stats.isFile() || jobNameOfFile(name) === undefined)
      this.setAside(entry, { kind: "stray", name, what: typeName(stats) });
    else if (file?.entry.validUtf8 === entry.validUtf8) file.look(stats, nowMs);
    else this.#things.set(name, new JobFile(entry, stats, nowMs, wasTemporary));
  }

  /** Takes something for nothing that can run. */
  setAside(entry: StageEntry, stray: QueueEntry): void {
    this.#things.set(entry.name, { entry, stray });
  }

  /** Forgets what has this name; true where there was something. */
  forget(name: string): boolean {
    return this.#things.delete(name);
  }

  /** True for a file that has arrived, so that it can be taken in. */
  isWhole(name: string, settleSeconds: number, nowMs: number): boolean {
    const view = this.jobFile(name)?.view(undefined, settleSeconds, nowMs);
    return view?.kind === "arriving" && view.readiness.kind === "ready";
  }

  /** As the plan sees them, but for files that arrive and have no place yet. */
  views(placeOf: Places, settleSeconds: number, nowMs: number): readonly QueueEntry[] {
    return [...this.#things.values()].flatMap((thing) => {
      if (!(thing instanceof JobFile)) return [thing.stray];
      const place = placeOf(thing.entry.name);
      const view = thing.view(place, settleSeconds, nowMs);
      return view.kind === "arriving" && place === undefined ? [] : [view];
    });
  }

  #jobFiles(): JobFile[] {
    return [...this.#things.values()].filter((thing) => thing instanceof JobFile);
  }
}
