import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { createFile } from "../../disk/durable.ts";
import { syncAll } from "../../disk/file-batch.ts";
import { type EndIntent, type Launch, parseLaunch } from "../../job/launch.ts";
import { attemptsFolder, type Layout } from "../layout.ts";
import {
  LAUNCH_FILE,
  LeavingAttempts,
  listAttemptFolders,
  makeAttemptFolder,
  sweepAttempts,
} from "./attempt-folders.ts";
import { isVerified, readEnd, readRecordText } from "./attempt-marks.ts";

/** One attempt's records: `.qm/workers/<worker>/<job>.<N>/`, owner-only, out of the job's reach. */
export interface Attempt {
  /** Absolute path of the attempt's folder; the shim writes `start` and `exit` there. */
  readonly folder: string;
  readonly launch: Launch;
  /** Set once the folder was seen unchanged after the claim. */
  readonly verified: boolean;
  readonly end?: EndIntent;
}

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
    sweepAttempts(this.#own);
  }

  /**
   * Every attempt with a whole launch record, whichever worker name it was made under. Throws when the records cannot
   * be read, as the runs they tell of would pass for unrecorded.
   */
  list(): Attempt[] {
    this.#leaving.remove();
    return [...this.#launched()].map(([folder, launch]) => read(folder, launch));
  }

  /** As {@link list}, their launches alone. */
  launches(): Launch[] {
    return [...this.#launched().values()];
  }

  /** Writes down a launch, durably, before anything of it is done. Throws what the file system throws. */
  async create(launch: Launch): Promise<Attempt> {
    this.removeAllOf(launch.name);
    const folder = path.join(this.#own, `${stateKey(launch.name)}.${launch.attempt}`);
    makeAttemptFolder(folder);
    const file = path.join(folder, LAUNCH_FILE);
    createFile(file, JSON.stringify(launch), 0o600);
    await syncAll([file, folder, this.#own]);
    return { folder, launch, verified: false };
  }

  /** Forgets an attempt that has been accounted for. */
  remove({ folder }: Pick<Attempt, "folder">): void {
    this.#leaving.putAside(folder);
    this.#launches.delete(folder);
    this.#leaving.remove();
  }

  /** Removes what an earlier job of the same name may have left; the caller knows that none of it lives. */
  removeAllOf(name: string): void {
    const folders = listAttemptFolders(this.#layout);
    const launched = this.#launched(folders);
    const leftover = new RegExp(`^${escapePattern(stateKey(name))}\\.\\d+$`);
    for (const folder of folders) {
      if (launched.get(folder)?.name === name) this.remove({ folder });
      else if (path.dirname(folder) === this.#own && leftover.test(path.basename(folder)))
        fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  #launched(folders = listAttemptFolders(this.#layout)): ReadonlyMap<string, Launch> {
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
}

function read(folder: string, launch: Launch): Attempt {
  const verified = isVerified(folder);
  const end = readEnd(folder);
  return end === undefined ? { folder, launch, verified } : { folder, launch, verified, end };
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
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
