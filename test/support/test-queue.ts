import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type PublishedStatus, parseStatus } from "../../src/job/published-status.ts";
import { type JobRecord, parseRecord } from "../../src/job/record.ts";
import { readHistory } from "../../src/queue/books/history.ts";
import { type Layout, layoutOf, SHELVES, type Shelf } from "../../src/queue/layout.ts";
import { PATIENCE_MS, until } from "./until.ts";

/** What the tests want of the configuration; everything else keeps its default. */
export type Settings = Readonly<Record<string, string | number>>;

/** Options of a job's info file and further files of its folder, by relative path. */
export type JobOptions = Readonly<Record<string, string | number>>;
export type JobFiles = Readonly<Record<string, string>>;

/** The built program; `QM_TEST_DIST` names another build to be tested. */
const DIST = process.env["QM_TEST_DIST"] ?? path.join(import.meta.dirname, "../../dist");
/** Its command line. */
export const QM = path.join(DIST, "bin/qm.js");

const BRISK: Settings = {
  Poll_Interval: 0.2,
  Settle_Time: 0.5,
  Min_Free_Disk: "0 B",
  MaxNbProcessors: 2,
  Kill_Grace: 1,
  Worker: "here",
};

/** A queue in a temporary folder of its own, driven by the built manager as a process of its own. */
export class TestQueue {
  readonly base: string;
  readonly layout: Layout;
  readonly configFile: string;
  /** Everything the managers wrote on standard error. */
  said = "";
  #manager: Manager | undefined;
  #delivered = 0;

  constructor(settings: Settings = {}, base = fs.mkdtempSync(path.join(os.tmpdir(), "qm-system-"))) {
    this.base = base;
    this.layout = layoutOf(path.join(base, "QM"));
    this.configFile = path.join(base, "QMserv.cfg");
    for (const shelf of SHELVES) fs.mkdirSync(this.layout[shelf], { recursive: true });
    this.configure(settings);
  }

  /** Writes the configuration anew. */
  configure(settings: Settings): void {
    const all = { QM_FOLDER: this.layout.root, ...BRISK, ...settings };
    const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}\n`);
    fs.writeFileSync(this.configFile, `[QMServer]\n${lines.join("")}`);
  }

  get managerPid(): number {
    return this.manager.pid;
  }

  get manager(): Manager {
    if (this.#manager === undefined) throw new Error("no manager was started");
    return this.#manager;
  }

  /** Starts a manager and waits until it has taken the queue over. */
  async start(options: ManagerOptions = {}): Promise<Manager> {
    const manager = this.launch(options);
    await until("the manager's start", () => {
      if (manager.ended !== undefined) throw new Error(`the manager ended: ${this.said}`);
      return this.status()?.pid === manager.pid;
    });
    return manager;
  }

  /** Starts a manager and does not wait for it. */
  launch(options: ManagerOptions = {}): Manager {
    this.#manager = new Manager(this.configFile, options, (text) => {
      this.said += text;
    });
    return this.#manager;
  }

  /** Puts a job folder into the queue at once, whole, with `QM_READY` in it. */
  deliver(name: string, options: JobOptions, files: JobFiles = {}): void {
    const staged = this.stage(options, { QM_READY: "", ...files });
    fs.renameSync(staged, path.join(this.layout.queue, name));
  }

  /** Makes a job folder beside the queue. */
  stage(options: JobOptions, files: JobFiles = {}): string {
    this.#delivered += 1;
    const staged = path.join(this.base, "staged", String(this.#delivered));
    fs.mkdirSync(staged, { recursive: true });
    const lines = Object.entries(options).map(([key, value]) => `${key} : ${value}\n`);
    if (lines.length > 0) writeFile(staged, "proc_config.cfg", `[QMOptions]\n${lines.join("")}`);
    for (const [file, text] of Object.entries(files)) writeFile(staged, file, text);
    return staged;
  }

  /** The shelves on which a folder of this name lies. */
  shelvesOf(name: string): Shelf[] {
    return SHELVES.filter((shelf) => fs.existsSync(path.join(this.layout[shelf], name)));
  }

  folder(shelf: Shelf, name: string): string {
    return path.join(this.layout[shelf], name);
  }

  /** A file of a job's folder, wherever that lies; undefined while it is not there. */
  read(name: string, file: string): string | undefined {
    for (const shelf of SHELVES) {
      const text = readIfThere(path.join(this.layout[shelf], name, file));
      if (text !== undefined) return text;
    }
    return undefined;
  }

  record(name: string): JobRecord | undefined {
    const text = this.read(name, ".qm/job.json");
    return text === undefined ? undefined : parseRecord(text);
  }

  /** Waits until a job rests in QM_dJobs or QM_lost+found, and gives its record. */
  async ended(name: string, timeoutMs = PATIENCE_MS): Promise<JobRecord> {
    return await until(
      `the end of ${name}`,
      () => {
        const rests = ["finished", "lost"].some((shelf) => this.shelvesOf(name).includes(shelf as Shelf));
        const record = rests ? this.record(name) : undefined;
        return record?.state === "running" ? undefined : record;
      },
      { timeoutMs },
    ).catch((error: Error) => {
      throw new Error(
        `${error.message}; it lies in ${this.shelvesOf(name).join()}; the manager said:\n${this.said}`,
      );
    });
  }

  /** Waits until a file is in a running job's folder: that much of its script has run. */
  async wrote(name: string, file: string): Promise<string> {
    return await until(`${file} of ${name}`, () => {
      const text = readIfThere(path.join(this.layout.running, name, file));
      return text?.endsWith("\n") === true && text;
    });
  }

  /** Puts a request into the folder of a waiting or running job. */
  request(shelf: Shelf, name: string, request: string, by = "tester"): void {
    fs.writeFileSync(path.join(this.layout[shelf], name, request), `${by}\n`);
  }

  status(): PublishedStatus | undefined {
    const text = readIfThere(this.layout.status);
    return text === undefined ? undefined : parseStatus(text);
  }

  /** Lines of the history about a job, or all. */
  history(name?: string): JobRecord[] {
    const all = readHistory(this.layout.history);
    return name === undefined ? all : all.filter((record) => record.name === name);
  }

  /** Folders of attempts that have not been accounted for. */
  attempts(): string[] {
    const workers = path.join(this.layout.state, "workers");
    if (!fs.existsSync(workers)) return [];
    return fs.readdirSync(workers).flatMap((worker) => fs.readdirSync(path.join(workers, worker)));
  }

  /** Every process that bears this queue's mark in its environment: shims and jobs. */
  processes(): number[] {
    const mark = `QM_FOLDER=${this.layout.root}\0`;
    return fs.readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
      return readIfThere(`/proc/${name}/environ`)?.includes(mark) ? [Number(name)] : [];
    });
  }

  /** Ends everything the test started and removes what it made. */
  async close(): Promise<void> {
    await this.#manager?.kill();
    await until("the end of the queue's processes", () => {
      const left = this.processes();
      for (const pid of left) killIfThere(pid);
      return left.length === 0;
    });
    fs.rmSync(this.base, { recursive: true, force: true });
  }
}

/** How a manager is to be run. */
export interface ManagerOptions {
  /** A program with its arguments that the manager's command line is handed to. */
  readonly under?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

/** One manager process. */
export class Manager {
  /** Exit code or signal, once it has ended. */
  ended: number | NodeJS.Signals | undefined;
  readonly #child: ChildProcess;

  constructor(configFile: string, options: ManagerOptions, hear: (text: string) => void) {
    const [program, ...args] = [
      ...(options.under ?? []),
      process.execPath,
      QM,
      "daemon",
      "--config",
      configFile,
    ];
    this.#child = spawn(program, args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...options.environment },
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    this.#child.stderr?.setEncoding("utf8").on("data", hear);
    this.#child.once("exit", (code, signal) => {
      this.ended = code ?? signal ?? undefined;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.ended === undefined) this.#child.kill(signal);
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.end();
  }

  async end(timeoutMs = PATIENCE_MS): Promise<number | NodeJS.Signals> {
    return await until("the manager's end", () => this.ended, { timeoutMs, pollMs: 2 });
  }
}

/** The content of a file, undefined while it is not there or cannot be read. */
function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Whether a process with this number runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat !== undefined && !/\) [ZX] /.test(stat);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile.
  }
}

function writeFile(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
