import { runShortly } from "./short-command.ts";

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

/** The health of this machine, by a command that is run once a minute, beside all else. */
export class HealthCheck {
  readonly #settings: () => HealthSettings;
  readonly #onChange: () => void;
  readonly #limitSeconds: number;
  /** The command that the last answer is about. */
  #asked: string | undefined;
  #why: string | undefined;
  #isRunning = false;
  readonly #end = new AbortController();
  /** On the monotonic clock. */
  #dueMs = Number.NEGATIVE_INFINITY;

  /** @param onChange told when the answer is another one */
  constructor(settings: () => HealthSettings, onChange: () => void, limitSeconds = MINUTE_MS / 1000) {
    this.#settings = settings;
    this.#onChange = onChange;
    this.#limitSeconds = limitSeconds;
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
    const { qmFolder, worker, jobEnvironment: extra } = settings;
    const limitSeconds = this.#limitSeconds;
    const ended = await runShortly({
      command,
      qmFolder,
      worker,
      extra,
      limitSeconds,
      ended: this.#end.signal,
    });
    this.#asked = command;
    this.#why = ended.kind === "ok" ? undefined : `Health: ${ended.why}`;
    this.#isRunning = false;
    if (this.why !== before) this.#onChange();
  }
}
