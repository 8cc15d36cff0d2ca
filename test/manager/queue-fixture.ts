import fs from "node:fs";
import type { LoadedConfig } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Log, LogFields } from "../../src/disk/log.ts";
import type { Context } from "../../src/manager/context.ts";
import { Manager } from "../../src/manager/manager.ts";
import { openContext } from "../../src/manager/open-context.ts";
import { Tenure } from "../../src/manager/tenure.ts";
import type { StopMode } from "../../src/queue/manager-requests.ts";
import { type Checked, describeProblem } from "../../src/text/problem.ts";
import { spawnShim } from "../../src/worker/process/spawn-shim.ts";
import type { Settings } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { afterTest } from "../support/tidy-up.ts";
import { until } from "../support/until.ts";

/** A queue whose managers run in this process; ended and removed after the test. */
export function makeQueue(settings: Settings = {}): InProcessQueue {
  const queue = new InProcessQueue(settings);
  afterTest(() => queue.close());
  return queue;
}

/** One event as the log was told it. */
interface Told {
  readonly level: "info" | "warn" | "error" | "debug";
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that only remembers. */
class QuietLog implements Log {
  readonly told: Told[] = [];
  /** Settings it was given, newest last. */
  readonly settings: object[] = [];

  info = this.#teller("info");
  warn = this.#teller("warn");
  error = this.#teller("error");
  debug = this.#teller("debug");

  reconfigure(settings: object): void {
    this.settings.push(settings);
  }

  close(): void {}

  /** The events with this message. */
  of(message: string): Told[] {
    return this.told.filter((event) => event.message === message);
  }

  #teller(level: Told["level"]) {
    return (message: string, fields: LogFields = {}): void => {
      this.told.push({ level, message, fields });
    };
  }
}

/** A queue in a temporary folder, with a manager in this process. */
export class InProcessQueue extends TestQueue {
  readonly log = new QuietLog();
  #current: { readonly manager: Manager; readonly ended: Promise<void> } | undefined;

  constructor(settings: Settings) {
    super();
    this.configure(settings);
  }

  load(): Checked<LoadedConfig> {
    return loadConfig({ explicit: this.configFile, env: {}, cwd: this.base });
  }

  loaded(): LoadedConfig {
    const loaded = this.load();
    if (loaded.kind === "problems") throw new Error(loaded.problems.map(describeProblem).join("\n"));
    return loaded.value;
  }

  /** The context of a manager, without a manager. `readable` throws where the configuration cannot be read just then. */
  context(readable: () => void = () => undefined): Context {
    fs.mkdirSync(this.layout.state, { recursive: true });
    const { config } = this.loaded();
    return openContext(this.layout, {
      config: () => {
        readable();
        return config;
      },
      log: this.log,
      wake: () => undefined,
      spawnShim,
      tenure: Tenure.begin(this.layout, "the queue's id"),
    });
  }

  /** Opens a manager and lets it run. */
  async run(): Promise<Manager> {
    const manager = await Manager.open({
      loaded: this.loaded(),
      load: () => this.load(),
      log: this.log,
      spawnShim,
    });
    this.#current = { manager, ended: manager.run() };
    return manager;
  }

  /** Stops the manager that runs, if one does, and waits until it has ended. */
  async stop(mode: StopMode = "leave"): Promise<void> {
    this.#current?.manager.stop(mode);
    await this.left();
  }

  /** Waits until the manager has ended by itself. */
  async left(): Promise<void> {
    await this.#current?.ended;
    this.#current = undefined;
  }

  /** Waits until the manager has published a status for which this holds. */
  async shows<T>(
    what: string,
    look: (status: NonNullable<ReturnType<TestQueue["status"]>>) => T | undefined | false,
  ) {
    return await until(`a status with ${what}`, () => {
      const status = this.status();
      return status === undefined ? undefined : look(status);
    }).catch((error: Error) => {
      throw new Error(`${error.message}\n${JSON.stringify(this.status(), null, 1)}\n${this.tale()}`);
    });
  }

  /** Everything the log was told, for a failing test. */
  tale(): string {
    return this.log.told.map((event) => JSON.stringify(event)).join("\n");
  }

  override async close(): Promise<void> {
    await this.stop("leave").catch(() => undefined);
    await super.close();
  }
}
