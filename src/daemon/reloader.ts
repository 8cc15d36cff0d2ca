import fs from "node:fs";
import type { Config, LoadedConfig } from "../config/config.ts";
import { diffConfig } from "../config/diff.ts";
import { type Checked, describeProblem } from "../core/problem.ts";
import { errorCode } from "../files/error-code.ts";
import type { Log } from "./log.ts";

/** The configuration in force, read anew when its file is saved or a signal asks for it: all of it or nothing. */
export class Reloader {
  readonly #load: () => Checked<LoadedConfig>;
  readonly #log: Log;
  #loaded: LoadedConfig;
  #config: Config;
  #stamp: string;
  #problems: readonly string[] = [];

  constructor(loaded: LoadedConfig, load: () => Checked<LoadedConfig>, log: Log) {
    this.#loaded = loaded;
    this.#config = loaded.config;
    this.#load = load;
    this.#log = log;
    this.#stamp = this.#stampNow();
  }

  get config(): Config {
    return this.#config;
  }

  /** What is wrong with the file as it was last saved; empty while it is the one in force. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Reads the file anew if it was saved since the last look. */
  reloadIfSaved(): void {
    const stamp = this.#stampNow();
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.reload();
  }

  /** Reads the file anew. A faulty one changes nothing and is told of. */
  reload(): void {
    const fresh = this.#load();
    if (fresh.kind === "problems") {
      this.#problems = fresh.problems.map(describeProblem);
      for (const problem of this.#problems)
        this.#log.error("the configuration keeps its old values", { problem });
      return;
    }
    this.#problems = [];
    this.#take(fresh.value);
  }

  #take(fresh: LoadedConfig): void {
    for (const warning of fresh.warnings) this.#log.warn(describeProblem(warning));
    for (const { key, before, after, needsRestart } of diffConfig(this.#loaded, fresh)) {
      this.#log.info(needsRestart ? "setting changed, in force after a restart" : "setting changed", {
        key,
        before,
        after,
      });
    }
    this.#loaded = fresh;
    // Where the jobs lie and whose they are cannot change under a running daemon.
    const { qmFolder, worker } = this.#config;
    this.#config = { ...fresh.config, qmFolder, worker };
    const { log, debug } = fresh.config;
    this.#log.reconfigure({ ...log, verbose: debug });
  }

  // A file that cannot be looked at has a stamp too: reading it then tells what is wrong.
  #stampNow(): string {
    const { file } = this.#loaded;
    if (file === undefined) return "";
    try {
      const { ino, size, mtimeMs } = fs.statSync(file);
      return `${ino} ${size} ${mtimeMs}`;
    } catch (error) {
      return errorCode(error) ?? String(error);
    }
  }
}
