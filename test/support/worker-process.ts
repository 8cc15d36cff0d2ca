import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { ifThere } from "../../src/disk/error-code.ts";
import { readReport } from "../../src/queue/workers/report.ts";
import { workerFiles } from "../../src/queue/workers/worker-files.ts";
import { QM, type TestQueue } from "./test-queue.ts";
import { PATIENCE_MS, until } from "./until.ts";

/** A worker beside a queue's manager, as a program of its own with a disk of its own, started and ended again as a machine is. */
export class WorkerProcess {
  readonly name: string;
  readonly #queue: TestQueue;
  readonly #home: string;
  #child: ChildProcess | undefined;
  /** Exit code or signal, once it has ended. */
  ended: number | NodeJS.Signals | undefined;
  /** A program with its arguments that the worker's command line is handed to. */
  under: readonly string[] = [];
  environment: Readonly<Record<string, string>> = {};
  /** All that it wrote on standard error. */
  said = "";

  /** @param disk the folder of its own disk's */
  constructor(queue: TestQueue, name: string, { pollSeconds = 0.2, disk = queue.base } = {}) {
    this.#queue = queue;
    this.name = name;
    this.#home = path.join(disk, `machine-${name}`);
    fs.mkdirSync(this.#home, { recursive: true });
    const state = `[Worker]\nLocal_State = ${path.join(this.#home, "state")}\n`;
    fs.writeFileSync(
      path.join(this.#home, "QMserv.cfg"),
      `[QMServer]\nPoll_Interval = ${pollSeconds}\n${state}`,
    );
  }

  /** Starts it and waits for its first report. */
  async start(...options: readonly string[]): Promise<void> {
    const before = this.#instance();
    this.launch(...options);
    await until(`the report of ${this.name}`, () => {
      if (this.ended !== undefined) throw new Error(`the worker ended: ${this.said}`);
      const now = this.#instance();
      return now !== undefined && now !== before;
    });
  }

  /** Starts it and does not wait. */
  launch(...options: readonly string[]): void {
    const own = [QM, "worker", "--queue", this.#queue.layout.root, "--name", this.name, ...options];
    const [program = process.execPath, ...args] = [...this.under, process.execPath, ...own];
    this.ended = undefined;
    const child = spawn(program, args, {
      cwd: this.#home,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...this.environment },
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.said += text;
    });
    child.once("exit", (code, signal) => {
      this.ended = code ?? signal ?? undefined;
    });
    this.#child = child;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.ended === undefined) this.#child?.kill(signal);
  }

  /** Ends it by a signal, as a crash with SIGKILL; gives its exit code or signal. */
  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<number | NodeJS.Signals> {
    this.signal(signal);
    return await until(`the end of ${this.name}`, () => this.ended, { timeoutMs: PATIENCE_MS });
  }

  /** The folders of its attempts on its own disk, those included that it is just removing. */
  attempts(): string[] {
    const state = path.join(this.#home, "state");
    // Each by one listing: a walk through them fails where a folder goes meanwhile.
    const names = fs.readdirSync(state).flatMap((queue) => {
      const attempts = path.join(state, queue, this.name, "workers", this.name);
      return ifThere(() => fs.readdirSync(attempts)) ?? [];
    });
    return names.filter((name) => /\.\d+$/.test(name) || name.startsWith(".leaving-"));
  }

  /** Deletes its own records. */
  loseRecords(): void {
    fs.rmSync(path.join(this.#home, "state"), { recursive: true });
  }

  #instance(): string | undefined {
    const found = readReport(workerFiles(this.#queue.layout, this.name).report);
    return found.kind === "report" ? found.report.instance : undefined;
  }
}
