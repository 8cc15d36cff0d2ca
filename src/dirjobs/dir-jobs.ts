import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode, isAbsence } from "../disk/error-code.ts";
import { QmError } from "../text/errors.ts";
import { isUnfinishedName } from "../text/unfinished-names.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import { settleConflict } from "./conflict.ts";
import { DirJob } from "./dir-job.ts";
import { makeStateFolders, STATE_FOLDERS } from "./job-folders.ts";

/** The worker, its folder, and the jobs it takes. */
export interface DirJobsOptions {
  /** The folder with the four folders of states, which are made where they are missing. */
  readonly jobsDir: string;
  /** The worker's name, ASCII letters and digits: no other process may use it at the same time. `w1` unless given. */
  readonly workerId?: string;
  /** Jobs are taken at random, so that workers seldom reach for the same one; else in the plain order of their names. True unless given. */
  readonly random?: boolean;
  /** The ending of a job's name; "" takes everything. `.txt` unless given. */
  readonly extension?: string;
  /** Waits `syncSeconds` after taking a job, and looks who else has taken it: for mounts on which a rename can succeed twice. */
  readonly workerSync?: boolean;
  /** Delay until another machine's renames are seen on this mount: 1 unless given, about 70 for davfs. */
  readonly syncSeconds?: number;
  /** Tells whether a waiting job is wanted, by its path and name. What it throws comes out of {@link DirJobs.next}. */
  readonly filter?: (path: string, name: string) => boolean | Promise<boolean>;
}

const DEFAULTS = {
  workerId: "w1",
  random: true,
  extension: ".txt",
  workerSync: false,
  syncSeconds: 1,
  filter: () => true,
} satisfies Omit<Required<DirJobsOptions>, "jobsDir">;

/**
 * One of any number of workers that share out the jobs of a plain folder, without any manager: whoever renames a job from `00_waiting`
 * to `01_running/WORKER.NAME` has it. Layout and names are those of dirjobs.
 */
export class DirJobs {
  readonly #options: Required<DirJobsOptions>;
  /** Names in `01_running` of the jobs that this process has taken and not ended. */
  readonly #inHand = new Set<string>();

  /** Makes the four folders. Throws `usage` for a worker's name that is none, and what the file system throws. */
  constructor(options: DirJobsOptions) {
    this.#options = { ...DEFAULTS, ...withoutUndefined(options) };
    const { workerId, jobsDir } = this.#options;
    if (!/^[A-Za-z0-9]+$/.test(workerId))
      throw new QmError("usage", `«${workerId}» is no name of a worker`, {
        mend: "use the letters A to Z and a to z and digits, such as w1",
      });
    makeStateFolders(jobsDir);
  }

  /**
   * Takes a waiting job. Never waits for one to come.
   * @returns undefined where none is wanted. Throws `refused` with `workerSync` and a job in hand, and what the file system throws.
   */
  async next(): Promise<DirJob | undefined> {
    if (this.#options.workerSync && this.#inHand.size > 0)
      throw new QmError("refused", `${[...this.#inHand].join(", ")} is still in hand`, {
        mend: "end it with done, failed or giveBack first",
      });
    const passedOver = new Set<string>();
    for (;;) {
      const name = await this.#choose(passedOver);
      if (name === undefined) return undefined;
      passedOver.add(name);
      const job = this.#take(name);
      if (job !== undefined && (await this.#isOurs(job))) return job;
    }
  }

  /** The jobs that an earlier process of this worker has left in `01_running`, in the order of the names: to be ended, or begun anew. */
  async leftovers(): Promise<DirJob[]> {
    const names = this.#namesIn("running").filter((name) => name.startsWith(`${this.#options.workerId}.`));
    return names
      .filter((name) => !this.#inHand.has(name))
      .sort()
      .map((name) => this.#hold(name));
  }

  /** A job that nobody has yet and that is wanted. */
  async #choose(passedOver: ReadonlySet<string>): Promise<string | undefined> {
    const { extension, filter, random } = this.#options;
    const wanted: string[] = [];
    for (const name of this.#namesIn("waiting")) {
      if (!name.endsWith(extension) || name.startsWith(".") || isUnfinishedName(name)) continue;
      if (await filter(this.#pathOf("waiting", name), name)) wanted.push(name);
    }
    const running = this.#namesIn("running");
    const free = wanted.filter((name) => !passedOver.has(name) && !this.#isTaken(name, running)).sort();
    return free[random && free.length > 0 ? crypto.randomInt(free.length) : 0];
  }

  // One that runs here under this name already would be replaced. With `workerSync` nobody could tell it from a job taken twice.
  #isTaken(name: string, running: readonly string[]): boolean {
    const { workerId, workerSync } = this.#options;
    return workerSync ? ownersOf(name, running).length > 0 : running.includes(`${workerId}.${name}`);
  }

  #take(name: string): DirJob | undefined {
    const fullName = `${this.#options.workerId}.${name}`;
    // Another call may have taken it since it was chosen.
    if (this.#inHand.has(fullName)) return undefined;
    try {
      fs.renameSync(this.#pathOf("waiting", name), this.#pathOf("running", fullName));
    } catch (error) {
      // The answer to a rename that has worked can be lost on a network mount: the folder tells.
      const isTaken = this.#namesIn("running").includes(fullName);
      if (!isTaken && this.#isLost(error)) return undefined;
      if (!isTaken) throw error;
    }
    return this.#hold(fullName);
  }

  // davfs gives the loser of two renames EIO.
  #isLost(error: unknown): boolean {
    return isAbsence(error) || (this.#options.workerSync && errorCode(error) === "EIO");
  }

  /** Of several workers that have all taken a job the first by name goes on with it. */
  async #isOurs(job: DirJob): Promise<boolean> {
    const { workerId, workerSync, syncSeconds } = this.#options;
    if (!workerSync) return true;
    await sleep(syncSeconds * 1000);
    const owners = ownersOf(job.name, this.#namesIn("running"));
    const [winner] = owners;
    if (winner === workerId) return true;
    if (owners.includes(workerId)) settleConflict(job, this.#pathOf("running", `${winner}.${job.name}`));
    this.#inHand.delete(job.fullName);
    return false;
  }

  #hold(fullName: string): DirJob {
    this.#inHand.add(fullName);
    return new DirJob(this.#options.jobsDir, fullName, () => this.#inHand.delete(fullName));
  }

  #namesIn(state: keyof typeof STATE_FOLDERS): string[] {
    return fs.readdirSync(path.join(this.#options.jobsDir, STATE_FOLDERS[state]));
  }

  #pathOf(state: keyof typeof STATE_FOLDERS, name: string): string {
    return path.join(this.#options.jobsDir, STATE_FOLDERS[state], name);
  }
}

/** The workers that have a job of exactly this name, in the plain order of their names. */
function ownersOf(name: string, running: readonly string[]): string[] {
  return running
    .filter((full) => full.slice(full.indexOf(".") + 1) === name && full.indexOf(".") > 0)
    .map((full) => full.slice(0, full.indexOf(".")))
    .sort();
}
