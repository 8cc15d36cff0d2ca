import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { createFile } from "../../disk/durable.ts";
import { errorCode, ifThere } from "../../disk/error-code.ts";
import { syncAll } from "../../disk/file-batch.ts";
import { readRegularFile } from "../../disk/safe-read.ts";
import { type EndIntent, type Launch, launchSchema } from "../../job/launch.ts";
import { parseJson } from "../../text/parse-json.ts";
import { tryOr } from "../../text/try-or.ts";
import { attemptsFolder, type Layout } from "../layout.ts";
import {
  isVerified,
  MAX_RECORD_BYTES,
  markVerified,
  readEnd,
  readRecordText,
  recordEnd,
} from "./attempt-marks.ts";

/** One attempt's records: `.qm/workers/<worker>/<job>.<N>/`, owner-only, out of the job's reach. */
export interface Attempt {
  /** Absolute path of the attempt's folder; the shim writes `start` and `exit` there. */
  readonly folder: string;
  readonly launch: Launch;
  /** Set once the folder was seen unchanged after the claim. */
  readonly verified: boolean;
  readonly end?: EndIntent | undefined;
}

/** The marks on an attempt that the manager alone makes. */
type Marks = Pick<Attempt, "verified" | "end">;

/** The attempts on disk. The manager alone writes launches and marks, so each is read once, and again after it was written. */
export class Attempts {
  readonly #layout: Layout;
  readonly #own: string;
  /** Of each folder that had a whole launch at the last look. */
  readonly #launches = new Map<string, Launch>();
  /** Of each folder that was looked at since its last mark was made. */
  readonly #marks = new Map<string, Marks>();
  #hasListed = false;
  /** The folders of attempts that have been accounted for, until they are removed. */
  readonly #leaving = new Set<string>();
  /** Folders that have no launch and are nobody else's: found at the start, or not written whole since. */
  readonly #leftovers: Set<string>;

  /** @param worker whose attempts new ones become where their launch names none */
  constructor(layout: Layout, worker: string) {
    this.#layout = layout;
    this.#own = attemptsFolder(layout, worker);
    for (const folder of workerFolders(layout)) sweepAttempts(folder);
    this.#leftovers = new Set(listAttemptFolders(layout));
  }

  /**
   * Every attempt with a whole launch record, whichever worker name it was made under. Throws when the records cannot
   * be read, as the runs they tell of would pass for unrecorded.
   */
  list(): Attempt[] {
    this.#removeLeaving();
    return [...this.#launched()].map(([folder, launch]) => ({ folder, launch, ...this.#marksOf(folder) }));
  }

  /** The launches that {@link list} has found, and those written since. */
  launches(): Launch[] {
    return [...this.#launches.values()];
  }

  /** Marks that the claimed folder is the one that was admitted. Throws what the file system throws. */
  markVerified({ folder }: Pick<Attempt, "folder">): void {
    this.#marks.delete(folder);
    markVerified(folder);
  }

  /** Puts the decision to end a run on disk; the first decision stands. Throws what the file system throws. */
  recordEnd({ folder }: Pick<Attempt, "folder">, intent: EndIntent): void {
    this.#marks.delete(folder);
    recordEnd(folder, intent);
  }

  /**
   * Writes down a launch, durably, before anything of it is done. Throws what the file system throws; EEXIST where another manager has
   * written one of that name meanwhile.
   */
  async create(launch: Launch): Promise<Attempt> {
    this.removeAllOf(launch.name);
    const workers = launch.worker === undefined ? this.#own : attemptsFolder(this.#layout, launch.worker);
    const folder = path.join(workers, `${stateKey(launch.name)}.${launch.attempt}`);
    fs.mkdirSync(workers, { recursive: true, mode: 0o700 });
    fs.mkdirSync(folder, { mode: 0o700 });
    this.#leftovers.add(folder);
    const file = path.join(folder, LAUNCH_FILE);
    createFile(file, JSON.stringify(launch), 0o600);
    this.#launches.set(folder, launch);
    this.#leftovers.delete(folder);
    // With a new file the file systems that people put queues on keep its name too, and that of its new folder (see `FileBatch`).
    await syncAll([file]);
    return { folder, launch, verified: false };
  }

  /**
   * Forgets an attempt that has been accounted for: takes it away by one rename, so that neither a crash nor a late shim ever finds one
   * with some of its records gone. Files that a disk in trouble then keeps are tried again, and swept up by the next manager. Throws what the
   * file system throws; a folder that is not there is gone already.
   */
  remove({ folder }: Pick<Attempt, "folder">): void {
    const aside = path.join(path.dirname(folder), `${LEAVING}${crypto.randomUUID()}`);
    ifThere(() => {
      fs.renameSync(folder, aside);
      this.#leaving.add(aside);
    });
    this.#forget(folder);
    this.#removeLeaving();
  }

  /**
   * Removes what an earlier job of the same name may have left; the caller knows that none of it lives. Only what this manager knows
   * of: anything newer is the work of another one that has taken the queue over.
   */
  removeAllOf(name: string): void {
    for (const [folder, launch] of this.#launches) if (launch.name === name) this.remove({ folder });
    for (const folder of this.#leftovers) {
      if (this.#launches.has(folder) || !isOfKey(folder, stateKey(name))) continue;
      fs.rmSync(folder, { recursive: true, force: true });
      this.#leftovers.delete(folder);
    }
  }

  #removeLeaving(): void {
    for (const aside of this.#leaving) {
      try {
        removeFolder(aside);
        this.#leaving.delete(aside);
      } catch {
        // Tried again at the next call.
      }
    }
  }

  #launched(): ReadonlyMap<string, Launch> {
    const folders = listAttemptFolders(this.#layout);
    const present = new Set(folders);
    for (const known of this.#launches.keys()) if (!present.has(known)) this.#forget(known);
    for (const folder of folders) this.#learn(folder);
    this.#hasListed = true;
    return this.#launches;
  }

  #forget(folder: string): void {
    this.#launches.delete(folder);
    this.#marks.delete(folder);
  }

  #marksOf(folder: string): Marks {
    const known = this.#marks.get(folder) ?? { verified: isVerified(folder), end: readEnd(folder) };
    this.#marks.set(folder, known);
    return known;
  }

  #learn(folder: string): void {
    if (this.#launches.has(folder)) return;
    const launch = parseJson(launchSchema, readRecordText(path.join(folder, LAUNCH_FILE)) ?? "");
    if (launch === undefined || (this.#hasListed && this.#isKnown(launch))) return;
    this.#launches.set(folder, launch);
  }

  // A launch that turns up beside that of the same job comes from a manager that was paused: its claim fails.
  #isKnown({ name }: Launch): boolean {
    return [...this.#launches.values()].some((launch) => launch.name === name);
  }
}

function isOfKey(folder: string, key: string): boolean {
  const { name, ext } = path.parse(folder);
  return name === key && /^\.\d+$/.test(ext);
}

const MAX_KEY_BYTES = 200;

/**
 * A file name for a job's state, different for every job's name: the name itself where there is room for a suffix,
 * otherwise its beginning and a hash. (A job's name may fill all 255 bytes.)
 */
export function stateKey(name: string): string {
  if (Buffer.byteLength(name) <= MAX_KEY_BYTES) return name;
  const hash = crypto.createHash("sha256").update(name).digest("hex").slice(0, 32);
  const beginning = Array.from(name).slice(0, 40).join("");
  return `${beginning}~${hash}`;
}

/** The record that makes a folder an attempt. */
const LAUNCH_FILE = "launch.json";

/** The folders of all attempts, under whichever worker name, as absolute paths. Throws what the file system throws. */
function listAttemptFolders(layout: Layout): string[] {
  return workerFolders(layout).flatMap((folder) => {
    const names = listFolder(folder).filter(isAttempt);
    return names.map((name) => path.join(folder, name));
  });
}

function workerFolders(layout: Layout): string[] {
  const workers = path.join(layout.state, "workers");
  return listFolder(workers).map((worker) => path.join(workers, worker));
}

// Beside them lie the files of the worker itself.
function isAttempt(name: string): boolean {
  return !isLeaving(name) && /\.\d+$/.test(name);
}

/**
 * Removes what a crash has left in one worker's folder: records on their way out, and folders to which no launch, or a torn
 * one, was written. Throws what the file system throws.
 */
function sweepAttempts(workerFolder: string): void {
  for (const child of listFolder(workerFolder)) {
    const folder = path.join(workerFolder, child);
    if (isLeaving(child) || (isAttempt(child) && isUnwritten(path.join(folder, LAUNCH_FILE)))) {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
}

// Absent, or cut short, which leaves no JSON; one that cannot be read, or understood, may tell of a job that runs.
function isUnwritten(launchFile: string): boolean {
  const read = readRegularFile(launchFile, MAX_RECORD_BYTES);
  if (read.kind !== "read") return read.kind === "absent";
  return tryOr(() => JSON.parse(read.bytes.toString("utf8")) === undefined, true);
}

function listFolder(folder: string): string[] {
  return ifThere(() => fs.readdirSync(folder)) ?? [];
}

/** No job has a name that begins so. */
const LEAVING = ".leaving-";

/** True for a folder among the attempts that has been accounted for and is on its way out. */
function isLeaving(name: string): boolean {
  return name.startsWith(LEAVING);
}

// An attempt almost always holds files alone: to remove these one by one is much quicker than to remove a whole tree.
function removeFolder(folder: string): void {
  try {
    for (const name of fs.readdirSync(folder)) fs.unlinkSync(path.join(folder, name));
    fs.rmdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") fs.rmSync(folder, { recursive: true, force: true });
  }
}
