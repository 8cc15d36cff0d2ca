import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readExit, readStart } from "../../src/worker/process/attempt-records.ts";
import { killJobTree } from "../../src/worker/process/end-tree.ts";
import { isAlive, type ProcessIdentity } from "../../src/worker/process/identity.ts";
import { findJobProcesses, type JobTrace } from "../../src/worker/process/job-tree.ts";
import { readProcessTable } from "../../src/worker/process/process-table.ts";
import { type ShimOrder, type SpawnShim, spawnShim } from "../../src/worker/process/spawn-shim.ts";
import { until } from "./until.ts";

const made: TestJob[] = [];

/** A folder for a job and one for its attempt, in a temporary folder of their own. */
export function makeTestJob(name = "job"): TestJob {
  const job = new TestJob(fs.mkdtempSync(path.join(os.tmpdir(), "qm-process-")), name);
  made.push(job);
  return job;
}

/** Ends every process of the jobs made so far and removes their folders; for `afterEach`. */
export async function removeTestJobs(): Promise<void> {
  for (const job of made.splice(0)) await job.remove();
}

/** One attempt of one real job, run by the real shim. */
export class TestJob {
  readonly root: string;
  readonly folder: string;
  readonly attemptFolder: string;
  readonly token = crypto.randomUUID();
  /** Number of its shims that have ended. */
  shimsEnded = 0;
  /** The reason why the last shim was not spawned. */
  failure: string | undefined;
  #shimsSpawned = 0;

  constructor(root: string, name: string) {
    this.root = root;
    this.folder = path.join(root, name);
    this.attemptFolder = path.join(root, "state", `${name}.1`);
    fs.mkdirSync(this.folder);
    fs.mkdirSync(this.attemptFolder, { recursive: true, mode: 0o700 });
  }

  /** Spawns a shim for the attempt, as the manager does. */
  spawn(command: string, changes: Partial<ShimOrder> = {}, spawn: SpawnShim = spawnShim): void {
    this.#shimsSpawned++;
    spawn(this.order(command, changes), (failure) => {
      this.shimsEnded++;
      this.failure = failure;
    });
  }

  order(command: string, changes: Partial<ShimOrder> = {}): ShimOrder {
    return {
      attemptFolder: this.attemptFolder,
      jobFolder: this.folder,
      workingDirectory: this.folder,
      log: path.join(this.folder, "process.log"),
      firstLogLine: "first line",
      command,
      openFiles: "1024",
      environment: { PATH: process.env["PATH"] ?? "", QM_JOB_TOKEN: this.token },
      manager: process.pid,
      syncFirst: [],
      ...changes,
    };
  }

  /** Spawns a shim and waits until it has passed. */
  async start(command: string, changes: Partial<ShimOrder> = {}): Promise<ProcessIdentity> {
    this.spawn(command, changes);
    return await until("the shim's start record", () => {
      if (this.failure !== undefined) throw new Error(this.failure);
      const start = readStart(this.attemptFolder);
      return start.kind === "started" && start.shim;
    });
  }

  /** Runs a command to its end. */
  async run(command: string, changes: Partial<ShimOrder> = {}): Promise<Exited> {
    this.spawn(command, changes);
    return await this.ended();
  }

  async ended(): Promise<Exited> {
    return await until("the exit record", () => {
      const exit = readExit(this.attemptFolder);
      return exit.kind === "exited" && exit;
    });
  }

  async allShimsEnded(): Promise<void> {
    await until("the end of every shim", () => this.shimsEnded === this.#shimsSpawned);
  }

  trace(): JobTrace {
    const start = readStart(this.attemptFolder);
    const trace = { token: this.token, attemptFolder: this.attemptFolder };
    return start.kind === "started" ? { ...trace, shim: start.shim } : trace;
  }

  processes(): ProcessIdentity[] {
    return findJobProcesses(readProcessTable(), this.trace());
  }

  /** A file of the job's folder, once it is there. */
  async file(name: string): Promise<string> {
    return await until(`the file ${name}`, () => this.read(name));
  }

  read(name: string): string | undefined {
    const file = path.join(this.folder, name);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  }

  write(name: string, text: string, mode = 0o644): void {
    fs.writeFileSync(path.join(this.folder, name), text, { mode });
  }

  async remove(): Promise<void> {
    const { shim, ...marks } = this.trace();
    await until("the end of everything the test made", () => {
      killJobTree({ ...marks, shim });
      // Without its identity the shim counts as one of the job's processes.
      killJobTree(marks);
      return (
        (shim === undefined || !isAlive(shim)) && findJobProcesses(readProcessTable(), marks).length === 0
      );
    });
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

type Exited = Extract<ReturnType<typeof readExit>, { kind: "exited" }>;
