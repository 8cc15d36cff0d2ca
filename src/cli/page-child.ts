import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ownCommand, type Session } from "./session.ts";

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;
/** A page that hangs must not keep the manager from ending. */
const STOP_PATIENCE_MS = 3000;
/** A page that has lived this long was well: its next end is a new one. */
const WELL_AFTER_MS = 60_000;
/** Most lines that are repeated: clients that make the page complain must not keep the manager busy. */
const MAX_SAID = 50;

/** The page as a process of its own beside the manager, started again whenever it dies. */
export class PageChild {
  readonly #session: Session;
  readonly #tell: (line: string) => void;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #isStopped = false;
  /** Lines of the page since it was last well: a page that cannot start says the same again and again. */
  readonly #said = new Set<string>();

  /** @param tell told each line that the page writes, once */
  constructor(session: Session, tell: (line: string) => void) {
    this.#session = session;
    this.#tell = tell;
  }

  /** Starts it. */
  start(): void {
    const { io } = this.#session;
    const startedMs = performance.now();
    // The channel tells it when the manager has gone, however that died.
    const child = spawn(...ownCommand(this.#session, "web"), {
      cwd: io.cwd,
      env: io.env,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child = child;
    if (child.stderr !== null)
      createInterface({ input: child.stderr }).on("line", (line) => this.#hear(line));
    child.once("error", () => this.#startAgain(startedMs));
    child.once("exit", () => this.#startAgain(startedMs));
  }

  /** Ends it for good, whatever state it is in. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_PATIENCE_MS);
    child.once("exit", () => clearTimeout(deadline));
  }

  #hear(line: string): void {
    if (this.#said.has(line) || this.#said.size > MAX_SAID) return;
    this.#said.add(line);
    this.#tell(this.#said.size > MAX_SAID ? "the page has more to say: `qm web` shows it" : line);
  }

  #startAgain(startedMs: number): void {
    if (this.#isStopped) return;
    if (performance.now() - startedMs > WELL_AFTER_MS) {
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#said.clear();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.start(), this.#pauseMs);
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2);
  }
}
