import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { until } from "../support/until.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const DIST = process.env["QM_TEST_DIST"] ?? path.join(ROOT, "dist");

/**
 * For processes whose memory is watched: they collect their garbage when they get a SIGUSR2. Where the heap puts what is new it
 * takes up to 32 MiB, page by page, the later the busier the machine: kept small, it has its size at once and tells nothing.
 */
const WATCHED = [
  "--expose-gc",
  "--max-semi-space-size=1",
  "--import",
  path.join(import.meta.dirname, "collect-garbage.mjs"),
];

/** The parts of an installation beside `dist`. */
const BESIDE = ["node_modules", "views", "package.json"];

/** End of a command of the program. */
export interface Ran {
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The built program, installed in folders of its own: one for the page and the verbs, another for the manager, which is
 * replaced when the manager is upgraded.
 */
export class Program {
  readonly #base: string;
  readonly #configFile: string;
  readonly #root: string;
  #installations = 0;
  #managerRoot: string;

  constructor(base: string, configFile: string) {
    this.#base = base;
    this.#configFile = configFile;
    this.#root = this.#install();
    this.#managerRoot = this.#install();
  }

  /**
   * Installs another copy for the next manager.
   * @returns removes the copy before, once its manager has ended
   */
  upgrade(): () => void {
    const before = this.#managerRoot;
    this.#managerRoot = this.#install();
    return () => fs.rmSync(before, { recursive: true });
  }

  /** Starts `qm daemon`, `qm start` or `qm web`. */
  begin(verb: "daemon" | "start" | "web"): Running {
    return new Running(this.#spawn(verb === "web" ? this.#root : this.#managerRoot, [verb], WATCHED), verb);
  }

  /** Runs a verb to its end. */
  async run(...words: readonly string[]): Promise<Ran> {
    const running = new Running(this.#spawn(this.#root, words), words.join(" "));
    const code = await running.end();
    return { code, stdout: running.printed, stderr: running.said };
  }

  #install(): string {
    this.#installations += 1;
    const root = path.join(this.#base, `program-${this.#installations}`);
    fs.cpSync(DIST, path.join(root, "dist"), { recursive: true });
    for (const name of BESIDE) fs.symlinkSync(path.join(ROOT, name), path.join(root, name));
    return root;
  }

  #spawn(root: string, words: readonly string[], options: readonly string[] = []): ChildProcess {
    const script = path.join(root, "dist/bin/qm.js");
    return spawn(process.execPath, [...options, script, "--config", this.#configFile, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: this.#base,
    });
  }
}

/** A process of the program's. */
export class Running {
  readonly what: string;
  readonly startedMs = performance.now();
  printed = "";
  said = "";
  /** Exit code or signal, once it has ended. */
  ended: number | NodeJS.Signals | undefined;
  /** Somebody has sent it a signal: what it does from now on is no fault of its own. */
  isSignalled = false;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, what: string) {
    this.what = what;
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.printed += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.said += text;
    });
    // Not at the exit: what it has said last may still be on its way.
    child.once("close", (code, signal) => {
      this.ended = code ?? signal ?? undefined;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.isSignalled ||= signal !== "SIGHUP";
    if (this.ended === undefined) this.#child.kill(signal);
  }

  /** Has it collect its garbage, if it was begun by `begin`; it does so within moments. */
  collectGarbage(): void {
    if (this.ended === undefined) this.#child.kill("SIGUSR2");
  }

  /** Waits for its end. Throws where it does not come in two minutes. */
  async end(): Promise<number | NodeJS.Signals> {
    return await until(`the end of qm ${this.what}`, () => this.ended, { timeoutMs: 120_000, pollMs: 10 });
  }
}
