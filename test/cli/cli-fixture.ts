import { spawn } from "node:child_process";
import fs from "node:fs";
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
import { type Layout, layoutOf } from "../../src/queue/layout.ts";
import { findProgram } from "../../src/worker/find-program.ts";
import { pinningSupport } from "../../src/worker/pinning.ts";
import { until } from "../support/until.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
export const BUILT = path.join(ROOT, "dist/bin/qm.js");

/** What one command wrote, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How a command finds its surroundings, where not as in a pipe. */
export interface RunSettings {
  readonly tty?: boolean;
  /** What a person answers; asked only on a terminal. */
  readonly answer?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly services?: Partial<Services>;
}

const LIVELY = "Settle_Time = 0.3\nPoll_Interval = 0.3\nMin_Free_Disk = 1 MB\nKill_Grace = 1\n";

/** A temporary folder with a configuration and a queue, in which commands are run. */
export class Scratch {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "qm-cli-")));
  readonly layout: Layout = layoutOf(path.join(this.folder, "QM"));
  readonly services: Services = {
    runManager: () => Promise.reject(new Error("the test runs no manager in its own process")),
    runPage: () => Promise.reject(new Error("the test serves no page in its own process")),
    mails: async () => ({ listLetters, dropLetters, sendTestMail }),
    ...liveness,
    pinningSupport,
    isNodeFirst: () => false,
    findProgram,
    installation: { node: process.execPath, script: BUILT, root: ROOT },
  };

  constructor(config = LIVELY) {
    this.write("QMserv.cfg", `[QMServer]\nMaxNbProcessors = 2\n${config}`);
    for (const shelf of ["queue", "running", "finished", "lost", "state"] as const)
      fs.mkdirSync(this.layout[shelf], { recursive: true });
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
      cwd: this.folder,
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
  async remove(): Promise<void> {
    const state = managerState(this.layout, this.services);
    if (state.kind === "alive" && state.status.host === os.hostname()) await this.run(["stop", "--kill"]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  write(file: string, text: string, mode = 0o644): string {
    const target = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text, { mode });
    return target;
  }

  /** Makes a job's folder outside the queue, with a cfg info file. */
  makeJob(name: string, script: string, more = ""): string {
    this.write(path.join(name, "proc_config.cfg"), `[QMOptions]\nscript : ${script}\n${more}`);
    return path.join(this.folder, name);
  }

  /** Puts an ended job on its shelf and into the history, as the manager does. */
  putEnded(name: string, fields: Readonly<Record<string, unknown>> = {}): string {
    const record = {
      version: 1,
      name,
      runId: `run-${name}`,
      attempt: 1,
      state: "done",
      reason: "the command ended with exit code 0",
      owner: "ada@lab.org",
      description: "",
      mailTo: [],
      worker: "w",
      host: "h",
      processors: 2,
      queuedAt: "2026-01-05T10:00:00.000Z",
      startedAt: "2026-01-05T10:00:10.000Z",
      finishedAt: "2026-01-05T11:00:10.000Z",
      waitedSeconds: 10,
      ranSeconds: 3600,
      ...fields,
    };
    const folder = path.join(this.layout.finished, name);
    fs.mkdirSync(path.join(folder, ".qm"), { recursive: true });
    fs.writeFileSync(path.join(folder, ".qm/job.json"), JSON.stringify(record));
    fs.writeFileSync(path.join(folder, "process.log"), "first\nsecond\nthird\n");
    fs.appendFileSync(this.layout.history, `${JSON.stringify(record)}\n`);
    return folder;
  }

  /** Puts a folder straight onto a shelf. */
  put(shelf: "queue" | "running" | "finished" | "lost", name: string): string {
    const folder = path.join(this.layout[shelf], name);
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "proc_config.cfg"), "[QMOptions]\nscript : true\n");
    return folder;
  }

  async ended(name: string): Promise<string> {
    return await until(`the end of ${name}`, () =>
      [this.layout.finished, this.layout.lost]
        .map((shelf) => path.join(shelf, name))
        .find((f) => fs.existsSync(f)),
    );
  }

  async started(name: string): Promise<string> {
    const folder = path.join(this.layout.running, name);
    return await until(
      `the start of ${name}`,
      () => fs.existsSync(path.join(folder, "process.log")) && folder,
    );
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
      cwd: cwd ?? this.folder,
      env: { PATH: process.env["PATH"], HOME: this.folder, ...env },
      interruption: () => signal ?? new AbortController().signal,
    };
  }
}
