import { spawn } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { managerState } from "../../src/app/manager-state.ts";
import { liveness } from "../../src/bin/liveness.ts";
import { startManager } from "../../src/cli/manager-child.ts";
import { openQueue } from "../../src/cli/open-queue.ts";
import { runCli } from "../../src/cli/run.ts";
import type { Services } from "../../src/cli/services.ts";
import type { Io, Sink } from "../../src/cli/terminal/output.ts";
import { dropLetters, listLetters } from "../../src/mail/stored-letter.ts";
import { sendTestMail } from "../../src/mail/test-mail.ts";
import { findProgram } from "../../src/worker/process/find-program.ts";
import { pinningSupport } from "../../src/worker/process/pinning.ts";
import { QueueFolder, type Settings } from "../support/queue-folder.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
export const BUILT = path.join(ROOT, "dist/bin/qm.js");

/** Output of one command, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Surroundings of a command, where not as in a pipe. */
export interface RunSettings {
  readonly tty?: boolean;
  /** Answer of a person; asked for only on a terminal. */
  readonly answer?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly services?: Partial<Services>;
}

/** The values of `[QMServer]` unless a test sets others. */
export const LIVELY: Settings = {
  MaxNbProcessors: 2,
  Settle_Time: 0.3,
  Poll_Interval: 0.3,
  Min_Free_Disk: "1 MB",
  Kill_Grace: 1,
};

/** A queue beside which commands are run. */
export class Scratch extends QueueFolder {
  readonly services: Services = {
    runManager: () => Promise.reject(new Error("the test runs no manager in its own process")),
    runWorker: () => Promise.reject(new Error("the test runs no worker in its own process")),
    runPage: () => Promise.reject(new Error("the test serves no page in its own process")),
    mails: async () => ({ listLetters, dropLetters, sendTestMail }),
    ...liveness,
    pinningSupport,
    isNodeFirst: () => false,
    findProgram,
    installation: { node: process.execPath, script: BUILT, root: ROOT },
  };

  constructor(settings = LIVELY) {
    super();
    this.writeConfig({ QMServer: settings });
  }

  /** Runs a command line in this process. */
  async run(argv: readonly string[], around: RunSettings = {}): Promise<Ran> {
    const written = { out: [] as Buffer[], err: [] as Buffer[] };
    const services = { ...this.services, ...around.services };
    const code = await runCli(argv, services, this.#io(around, written.out, written.err));
    return { code, out: Buffer.concat(written.out).toString(), err: Buffer.concat(written.err).toString() };
  }

  /** Runs a command line that gives one JSON value. */
  async json(...argv: readonly string[]): Promise<unknown> {
    const { out } = await this.run([...argv, "--json"]);
    return JSON.parse(out);
  }

  /** Runs the built program. */
  async program(argv: readonly string[], script = ""): Promise<Ran> {
    const words = [process.execPath, BUILT, ...argv]
      .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
      .join(" ");
    const child = spawn("bash", ["-c", script === "" ? words : script.replace("QM", () => words)], {
      cwd: this.base,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const texts = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.err += text));
    const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
    return { code, ...texts };
  }

  /** Starts a real manager. */
  async startManager(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const session = {
      io: this.#io({ env }, [], []),
      services: this.services,
      configFile: undefined,
      argv: [],
    };
    await startManager(session, openQueue(session));
  }

  /** Ends every job and the manager, and removes the folder. */
  override async close(): Promise<void> {
    const state = managerState(this.layout, this.services);
    if (state.kind === "alive" && state.status.host === os.hostname()) await this.run(["stop", "--kill"]);
    await super.close();
  }

  #io({ tty, answer, env, columns, signal, cwd }: RunSettings, out: Buffer[], err: Buffer[]): Io {
    const sink = (kept: Buffer[]): Sink => ({
      isTTY: tty === true,
      columns: columns ?? (tty === true ? 80 : Number.POSITIVE_INFINITY),
      write: (chunk) => kept.push(Buffer.from(chunk)) > 0,
      drained: () => Promise.resolve(),
    });
    return {
      stdout: sink(out),
      stderr: sink(err),
      canAsk: tty === true,
      ask: (question) => {
        err.push(Buffer.from(question));
        return Promise.resolve(answer ?? "");
      },
      cwd: cwd ?? this.base,
      env: { PATH: process.env["PATH"], HOME: this.base, ...env },
      interruption: () => signal ?? new AbortController().signal,
    };
  }
}
