import { spawn } from "node:child_process";
import { ownEnvironment } from "../disk/system-users.ts";
import { escapeControls } from "../text/escape.ts";
import { plainEnvironment } from "./process/environment.ts";

/** A command that tells whether a machine may be given jobs, and where it runs. */
export interface HealthSettings {
  /** For `/bin/sh -c`; undefined or empty: the machine is always healthy. */
  readonly command: string | undefined;
  readonly qmFolder: string;
  readonly worker: string;
  readonly jobEnvironment: Readonly<Record<string, string>>;
}

/** The settings of a machine, from its configuration. */
export function healthOf({ qmFolder, jobEnvironment, worker }: ConfigPart, name: string): HealthSettings {
  return { command: worker.health, qmFolder, jobEnvironment, worker: name };
}

interface ConfigPart extends Pick<HealthSettings, "qmFolder" | "jobEnvironment"> {
  readonly worker: { readonly health: string | undefined };
}

/** For so long an answer counts, and the command may run. */
const MINUTE_MS = 60_000;
const MAX_OUTPUT = 4096;
const MAX_REASON = 200;

const starterEnvironment = ownEnvironment({ ...process.env });

/** The health of this machine, by a command that is run once a minute, beside all else. */
export class HealthCheck {
  readonly #settings: () => HealthSettings;
  readonly #onChange: () => void;
  readonly #timeoutMs: number;
  /** The command that the last answer is about. */
  #asked: string | undefined;
  #why: string | undefined;
  #isRunning = false;
  readonly #end = new AbortController();
  /** On the monotonic clock. */
  #dueMs = Number.NEGATIVE_INFINITY;

  /** @param onChange told when the answer is another one */
  constructor(settings: () => HealthSettings, onChange: () => void, timeoutMs = MINUTE_MS) {
    this.#settings = settings;
    this.#onChange = onChange;
    this.#timeoutMs = timeoutMs;
  }

  /** The reason why this machine is to be given no job, in words for people; undefined where it is healthy. */
  get why(): string | undefined {
    const { command = "" } = this.#settings();
    if (command === "") return undefined;
    return command === this.#asked ? this.#why : "its Health is being looked at";
  }

  /** Begins to look, where the last look is a minute old, or the command is another one. Returns at once. */
  attend(nowMs: number): void {
    const settings = this.#settings();
    const { command = "" } = settings;
    if (
      this.#isRunning ||
      this.#end.signal.aborted ||
      command === "" ||
      (nowMs < this.#dueMs && command === this.#asked)
    )
      return;
    this.#isRunning = true;
    this.#dueMs = nowMs + MINUTE_MS;
    void this.#ask(command, settings);
  }

  /** Ends the command, should it run just now; it is not run again. */
  close(): void {
    this.#end.abort();
  }

  async #ask(command: string, settings: HealthSettings): Promise<void> {
    const before = this.why;
    const why = await reasonOf(command, settings, { timeoutMs: this.#timeoutMs, ended: this.#end.signal });
    this.#asked = command;
    this.#why = why;
    this.#isRunning = false;
    if (this.why !== before) this.#onChange();
  }
}

interface Bounds {
  readonly timeoutMs: number;
  /** Ends it before its time. */
  readonly ended: AbortSignal;
}

/** Runs the command; undefined where it ends with 0. Never rejects. */
async function reasonOf(
  command: string,
  settings: HealthSettings,
  { timeoutMs, ended }: Bounds,
): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", command], {
      cwd: settings.qmFolder,
      env: plainEnvironment({ base: starterEnvironment, extra: settings.jobEnvironment, ...settings }),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    const hear = (bytes: Buffer) => {
      if (output.length < MAX_OUTPUT) output += bytes.toString("utf8");
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const timer = setTimeout(() => {
      killGroup(child.pid);
      resolve(`Health has not answered within ${Math.round(timeoutMs / 1000)} s`);
    }, timeoutMs);
    const kill = () => killGroup(child.pid);
    ended.addEventListener("abort", kill);
    const end = (why: string | undefined) => {
      clearTimeout(timer);
      ended.removeEventListener("abort", kill);
      resolve(why);
    };
    child.on("error", (error) => end(`Health cannot be run: ${error.message}`));
    child.on("exit", (code, signal) => {
      // A moment later, as what it has written may come behind its end.
      setImmediate(() => end(code === 0 ? undefined : describe(output, code ?? signal)));
    });
  });
}

function describe(output: string, end: number | string | null): string {
  const [line = ""] = output.split("\n").filter((one) => one.trim() !== "");
  return line === ""
    ? `Health has ended with ${end}`
    : `Health: ${escapeControls(line.trim()).slice(0, MAX_REASON)}`;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}
