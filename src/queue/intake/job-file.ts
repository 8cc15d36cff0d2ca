import type fs from "node:fs";
import { readRegularFile } from "../../disk/safe-read.ts";
import { type JobFileMeaning, meaningOf } from "../../formats/job-file.ts";
import { isIgnoredName } from "../../job/names.ts";
import { type ArrivalWatch, type Readiness, readinessOf, watchArrival } from "../../plan/settle.ts";
import type { QueueEntry } from "../../plan/snapshot.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { MAX_INFO_BYTES } from "../info-bytes.ts";
import type { StageEntry } from "../stages.ts";
import { identityOf, unreadable } from "./arrival.ts";

/** No file is looked at more often than this while it arrives. */
const LOOK_GAP_MS = 250;

/** The name of the job that a plain file may be by its own name; undefined where it is none. */
export function jobNameOfFile(file: string): string | undefined {
  const name = /^(.+)\.json$/i.exec(file)?.[1];
  return name === undefined || isIgnoredName(file) || isIgnoredName(name) ? undefined : name;
}

type Meaning = JobFileMeaning | Extract<Readiness, { readonly kind: "unreadable" }>;

/** One plain file in the queue that may be a job by its name, and what is known of it between two looks. */
export class JobFile {
  readonly entry: StageEntry;
  #stats: fs.Stats;
  #watch: ArrivalWatch;
  #meaning: Meaning;
  #lookedMs: number;
  /** Seen as it is to stay: only a change of it can tell more. */
  #isLeft = false;
  /** Renamed here from a temporary name, so that it was whole before. */
  readonly #renamed: boolean;

  constructor(entry: StageEntry, stats: fs.Stats, nowMs: number, renamedFromTemporary: boolean) {
    this.entry = entry;
    this.#stats = stats;
    this.#watch = watchArrival(undefined, fileFingerprint(stats), nowMs);
    this.#meaning = readMeaning(entry);
    this.#lookedMs = nowMs;
    this.#renamed = renamedFromTemporary;
  }

  /** The user who owns it. */
  get uid(): number {
    return this.#stats.uid;
  }

  /** The time of the next look on the monotonic clock; infinity where only a change asks for one. */
  get nextLookMs(): number {
    return this.isArriving ? this.#lookedMs + LOOK_GAP_MS : Number.POSITIVE_INFINITY;
  }

  /** True where time alone may change the plan's view of it. */
  get isArriving(): boolean {
    return !this.#isLeft && (this.#meaning.kind === "job" || this.#meaning.kind === "broken");
  }

  /** True where what lies at a path is the file as it was last looked at. */
  isSameAs(stats: fs.Stats): boolean {
    return contentStamp(stats) === contentStamp(this.#stats);
  }

  /**
   * Looks at it once more. It is read again where it has changed, or could not be read. One that was left alone and is changed then arrives
   * as a new one would: the time for which it lay there is no pause of a copy.
   */
  look(stats: fs.Stats, nowMs: number): void {
    const fingerprint = fileFingerprint(stats);
    const isKnown = fingerprint === this.#watch.fingerprint && this.#meaning.kind !== "unreadable";
    this.#watch = watchArrival(this.isArriving || isKnown ? this.#watch : undefined, fingerprint, nowMs);
    this.#stats = stats;
    this.#lookedMs = nowMs;
    if (isKnown) return;
    this.#meaning = readMeaning(this.entry);
    this.#isLeft = false;
  }

  /** As the plan sees it. */
  view(place: number | undefined, settleSeconds: number, nowMs: number): QueueEntry {
    const meaning = this.#meaning;
    if (meaning.kind === "unreadable") return this.#arriving(place, meaning);
    if (meaning.kind === "other") return this.#stray();
    if (meaning.kind === "not_to_do") return this.#stray(meaning.why);
    const look = { deliveredWhole: this.#renamed, entries: 1 };
    const readiness = readinessOf(look, this.#watch, settleSeconds, nowMs);
    if (meaning.kind === "job" || readiness.kind !== "ready") return this.#arriving(place, readiness);
    this.#isLeft = true;
    return this.#stray(meaning.why);
  }

  #arriving(place: number | undefined, readiness: Readiness): QueueEntry {
    const { name } = this.entry;
    const { size: bytes } = this.#stats;
    return withoutUndefined({
      kind: "arriving" as const,
      name,
      place,
      bytes,
      files: 1,
      readiness,
      killRequested: false,
    });
  }

  #stray(why?: string): QueueEntry {
    return withoutUndefined({ kind: "stray" as const, name: this.entry.name, what: "a file", why });
  }
}

function readMeaning({ name, path }: StageEntry): Meaning {
  const read = readRegularFile(path, MAX_INFO_BYTES);
  if (read.kind === "read") return meaningOf(read.bytes, name);
  // Gone since, which the next look finds out; or too large for a job, and so data.
  if (read.kind === "absent" || read.code === undefined) return { kind: "other" };
  return unreadable(path, read.code);
}

/** Differs after every change. */
function fileFingerprint(stats: fs.Stats): string {
  return `${contentStamp(stats)} ${stats.mode} ${stats.ctimeMs}`;
}

// A rename, too, changes the ctime.
function contentStamp(stats: fs.Stats): string {
  return `${identityOf(stats)} ${stats.size} ${stats.mtimeMs}`;
}
