import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { STAGES } from "../../src/queue/layout.ts";
import { QueueFolder, type Sections, type Settings } from "./queue-folder.ts";
import { PATIENCE_MS, until } from "./until.ts";

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

/** A queue driven by the built manager as a process of its own. */
export class TestQueue extends QueueFolder {
  /** Everything the managers wrote on standard error. */
  said = "";
  #manager: Manager | undefined;

  constructor(settings: Settings = {}, base?: string) {
    // The first manager makes the folder of its state by itself.
    super(base, STAGES);
    this.configure(settings);
  }

  /** Writes the configuration anew: values of `[QMServer]`, and further sections. */
  configure(settings: Settings, further: Sections = {}): void {
    this.writeConfig({ QMServer: { QM_FOLDER: this.layout.root, ...BRISK, ...settings }, ...further });
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

  /** Ends everything the test started and removes what it made. */
  override async close(): Promise<void> {
    await this.#manager?.kill();
    await this.endProcesses();
    await super.close();
  }

  protected override account(): string {
    return `the manager said:\n${this.said}`;
  }
}

/** Options of a manager's run. */
export interface ManagerOptions {
  /** A program with its arguments that the manager's command line is handed to. */
  readonly under?: readonly string[];
  /** Further arguments of `qm daemon`. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

/** One manager process. */
export class Manager {
  /** Exit code or signal, once it has ended. */
  ended: number | NodeJS.Signals | undefined;
  readonly #child: ChildProcess;

  constructor(configFile: string, options: ManagerOptions, hear: (text: string) => void) {
    const own = [QM, "daemon", "--config", configFile, ...(options.args ?? [])];
    const [program = process.execPath, ...args] = [...(options.under ?? []), process.execPath, ...own];
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
