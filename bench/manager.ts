import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { until } from "../test/support/until.ts";
import { QM } from "./program.ts";

/** Enough of the status to find the process id in it, however many jobs it lists. */
const STATUS_HEAD_BYTES = 4096;
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;

/** The files that a manager is watched by. */
interface Watched {
  readonly configFile: string;
  readonly layout: { readonly status: string };
}

/** The built program's manager, as a process of its own; what it says is kept. */
export class Manager {
  /** From the start of the process until it had published its first status. */
  readonly readyMs: number;
  readonly #child: ChildProcess;
  readonly #said: () => string;

  private constructor(child: ChildProcess, said: () => string, readyMs: number) {
    this.#child = child;
    this.#said = said;
    this.readyMs = readyMs;
  }

  /** Starts it with a page beside it (`qm start`) or alone (`qm daemon`), and waits for its first status. */
  static async start({ configFile, layout }: Watched, verb: "start" | "daemon"): Promise<Manager> {
    const startedMs = performance.now();
    const child = spawn(process.execPath, [QM, "--config", configFile, verb], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const isReady = () => {
      if (child.exitCode !== null) throw new Error(`the manager has ended: ${said}`);
      return publishedBy(layout.status) === child.pid;
    };
    await until("the manager's start", isReady, { timeoutMs: START_PATIENCE_MS, pollMs: 2 }).catch(
      (error) => {
        child.kill("SIGKILL");
        throw error;
      },
    );
    return new Manager(child, () => said, performance.now() - startedMs);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until the page beside it has told its address. */
  async pageStarted(): Promise<void> {
    await until("the page's start", () => /http:\/\/\S+:\d+\//.test(this.#said()));
  }

  /** Ends it, as Ctrl-C does. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const deadline = setTimeout(() => this.#child.kill("SIGKILL"), STOP_PATIENCE_MS);
    await ended;
    clearTimeout(deadline);
  }
}

/** Starts a manager, gives it away for use and ends it. */
export async function withManager<T>(
  queue: Watched,
  verb: "start" | "daemon",
  use: (manager: Manager) => Promise<T> | T,
): Promise<T> {
  const manager = await Manager.start(queue, verb);
  try {
    return await use(manager);
  } finally {
    await manager.stop();
  }
}

/** Number of the process that has written the status; undefined while there is none. */
function publishedBy(statusFile: string): number | undefined {
  try {
    const file = fs.openSync(statusFile, "r");
    try {
      const head = Buffer.alloc(STATUS_HEAD_BYTES);
      const length = fs.readSync(file, head, 0, STATUS_HEAD_BYTES, 0);
      return Number(/"pid":(\d+)/.exec(head.toString("utf8", 0, length))?.[1]);
    } finally {
      fs.closeSync(file);
    }
  } catch {
    return undefined;
  }
}
