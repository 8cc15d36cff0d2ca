import fs from "node:fs";
import path from "node:path";
import { type EndIntent, type Launch, parseEndIntent, parseLaunch } from "../core/launch.ts";
import { createFile, writeFileAtomically, writeFileDurably } from "../files/durable.ts";
import { errorCode } from "../files/error-code.ts";
import { syncAll } from "../files/file-batch.ts";
import { isThere } from "../files/is-there.ts";
import { readRegularFile } from "../files/safe-read.ts";
import { attemptsFolder, type Layout } from "./layout.ts";
import { isLeaving, LeavingAttempts } from "./leaving-attempts.ts";
import { stateKey } from "./state-key.ts";

/** One attempt's records: `.qm/workers/<worker>/<job>.<N>/`, owner-only, out of the job's reach. */
export interface Attempt {
  /** Absolute path of the attempt's folder; the shim writes `start` and `exit` there. */
  readonly folder: string;
  readonly launch: Launch;
  /** Set once the folder was seen unchanged after the claim. */
  readonly verified: boolean;
  readonly end?: EndIntent;
}

const LAUNCH_FILE = "launch.json";
const VERIFIED_FILE = "verified";
const END_FILE = "end.json";
const SPAWNING_FILE = "spawning";
const MAX_RECORD_BYTES = 1_000_000;

/**
 * The attempts on disk. A launch never changes once written, so it is read once; the small marks are looked for
 * each time.
 */
export class Attempts {
  readonly #layout: Layout;
  readonly #own: string;
  /** Of each folder that had a whole launch at the last look. */
  readonly #launches = new Map<string, Launch>();
  readonly #leaving = new LeavingAttempts();

  /** @param worker whose attempts new ones become; those of other names are still seen (a host may be renamed) */
  constructor(layout: Layout, worker: string) {
    this.#layout = layout;
    this.#own = attemptsFolder(layout, worker);
    this.#sweep();
  }

  /**
   * Every attempt with a whole launch record, whichever worker name it was made under. Throws when the records cannot
   * be read, as the runs they tell of would pass for unrecorded.
   */
  list(): Attempt[] {
    this.#leaving.remove();
    return [...this.#launched()].map(([folder, launch]) => this.#read(folder, launch));
  }

  /** As {@link list}, their launches alone. */
  launches(): Launch[] {
    return [...this.#launched().values()];
  }

  /** Writes down a launch, durably, before anything of it is done. Throws what the file system throws. */
  async create(launch: Launch): Promise<Attempt> {
    this.removeAllOf(launch.name);
    const folder = path.join(this.#own, `${stateKey(launch.name)}.${launch.attempt}`);
    this.#makeFolder(folder);
    const file = path.join(folder, LAUNCH_FILE);
    createFile(file, JSON.stringify(launch), 0o600);
    await syncAll([file, folder, this.#own]);
    return { folder, launch, verified: false };
  }

  /** Marks that the claimed folder is the one that was admitted. */
  markVerified(attempt: Attempt): void {
    fs.writeFileSync(path.join(attempt.folder, VERIFIED_FILE), "");
  }

  /**
   * Marks that in this run of the machine a shim is about to be spawned. The caller syncs the attempt's folder, and those
   * that the job was moved between.
   */
  markSpawning(attempt: Attempt, bootId: string): void {
    writeFileAtomically(path.join(attempt.folder, SPAWNING_FILE), bootId, 0o600);
  }

  /**
   * Whether a shim may have been spawned before the machine was last started. A power cut may leave the mark without its
   * text. Throws where that cannot be told.
   */
  mayHaveSpawnedBefore(attempt: Attempt, bootId: string): boolean {
    const mark = readRecordText(path.join(attempt.folder, SPAWNING_FILE));
    return mark !== undefined && mark !== bootId;
  }

  /** Puts the decision to end a run on disk; the first decision stands. */
  recordEnd(attempt: Attempt, intent: EndIntent): void {
    if (this.#readEnd(attempt.folder) !== undefined) return;
    writeFileDurably(path.join(attempt.folder, END_FILE), JSON.stringify(intent), 0o600);
  }

  /** Forgets an attempt that has been accounted for. */
  remove({ folder }: Pick<Attempt, "folder">): void {
    this.#leaving.putAside(folder);
    this.#launches.delete(folder);
    this.#leaving.remove();
  }

  /** Removes what an earlier job of the same name may have left; the caller knows that none of it lives. */
  removeAllOf(name: string): void {
    const folders = this.#folders();
    const launched = this.#launched(folders);
    const leftover = new RegExp(`^${escapePattern(stateKey(name))}\\.\\d+$`);
    for (const folder of folders) {
      if (launched.get(folder)?.name === name) this.remove({ folder });
      else if (path.dirname(folder) === this.#own && leftover.test(path.basename(folder)))
        fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  #makeFolder(folder: string): void {
    try {
      fs.mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      fs.mkdirSync(this.#own, { recursive: true, mode: 0o700 });
      fs.mkdirSync(folder, { mode: 0o700 });
    }
  }

  // A crash may have left records on their way out, or a folder that no launch, or a torn one, was written to yet.
  #sweep(): void {
    for (const child of listFolder(this.#own)) {
      const folder = path.join(this.#own, child);
      if (isLeaving(child) || isUnwritten(path.join(folder, LAUNCH_FILE))) {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    }
  }

  #folders(): string[] {
    const workers = path.join(this.#layout.state, "workers");
    return listFolder(workers).flatMap((worker) => {
      const folder = path.join(workers, worker);
      const names = listFolder(folder).filter((name) => !isLeaving(name));
      return names.map((name) => path.join(folder, name));
    });
  }

  #launched(folders = this.#folders()): ReadonlyMap<string, Launch> {
    const present = new Set(folders);
    for (const known of this.#launches.keys()) if (!present.has(known)) this.#launches.delete(known);
    for (const folder of folders) this.#learn(folder);
    return this.#launches;
  }

  #learn(folder: string): void {
    if (this.#launches.has(folder)) return;
    const text = readRecordText(path.join(folder, LAUNCH_FILE));
    const launch = text === undefined ? undefined : parseLaunch(text);
    if (launch !== undefined) this.#launches.set(folder, launch);
  }

  #read(folder: string, launch: Launch): Attempt {
    const verified = isThere(path.join(folder, VERIFIED_FILE));
    const end = this.#readEnd(folder);
    return end === undefined ? { folder, launch, verified } : { folder, launch, verified, end };
  }

  #readEnd(folder: string): EndIntent | undefined {
    const text = readRecordText(path.join(folder, END_FILE));
    return text === undefined ? undefined : parseEndIntent(text);
  }
}

// Absent, or cut short, which leaves no JSON; one that cannot be read, or understood, may tell of a job that runs.
function isUnwritten(launchFile: string): boolean {
  const read = readRegularFile(launchFile, MAX_RECORD_BYTES);
  if (read.kind !== "read") return read.kind === "absent";
  try {
    JSON.parse(read.bytes.toString("utf8"));
    return false;
  } catch {
    return true;
  }
}

// A record that is there and cannot be read (no handles left, a failing disk) must not pass for one that is missing.
function readRecordText(file: string): string | undefined {
  const read = readRegularFile(file, MAX_RECORD_BYTES);
  if (read.kind === "refused") throw new Error(`${file} ${read.why}`);
  return read.kind === "read" ? read.bytes.toString("utf8") : undefined;
}

function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
