import fs from "node:fs";
import type { Config, LoadedConfig } from "../config/config.ts";
import { type ChangedSetting, diffConfig, valuesDigest } from "../config/diff.ts";
import { codeOrText } from "../disk/error-code.ts";
import type { PublishedStatus } from "../job/published-status.ts";
import { type Checked, describeProblem } from "../text/problem.ts";
import type { Log } from "./log.ts";

type Published = NonNullable<PublishedStatus["configuration"]>;

/** The configuration in force, read anew when its file is saved or a signal asks for it: all of it or nothing. */
export class Reloader {
  readonly #load: () => Checked<LoadedConfig>;
  readonly #log: Log;
  readonly #begun: LoadedConfig;
  #loaded: LoadedConfig;
  #config: Config;
  #stamp: string;
  #published: Published;
  #notices: readonly string[] = [];

  constructor(loaded: LoadedConfig, load: () => Checked<LoadedConfig>, log: Log) {
    this.#begun = loaded;
    this.#loaded = loaded;
    this.#published = publishedOf(loaded);
    this.#config = loaded.config;
    this.#load = load;
    this.#log = log;
    // One that was made since the configuration was read is seen as new.
    this.#stamp = loaded.sought.map((file) => (file === loaded.file ? stampOf(file) : "ENOENT")).join("\n");
  }

  get config(): Config {
    return this.#config;
  }

  /** The configuration as it was read last without a fault. */
  get loaded(): LoadedConfig {
    return this.#loaded;
  }

  /** The configuration in force, for the processes beside the manager. */
  get published(): Published {
    return this.#published;
  }

  /** News for people: the faults of the file as it was last saved, and the settings that wait for a restart. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /** Reads the file anew if it was saved since the last look, or if another one has come to count. */
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
      this.#notices = fresh.problems.map(describeProblem);
      for (const problem of this.#notices)
        this.#log.error("the configuration keeps its old values", { problem });
      return;
    }
    this.#take(fresh.value);
  }

  #take(fresh: LoadedConfig): void {
    const { file } = fresh;
    if (file !== undefined && file !== this.#loaded.file)
      this.#log.info("configuration made since", { file });
    for (const warning of fresh.warnings) this.#log.warn(describeProblem(warning));
    for (const { key, before, after, needsRestart } of diffConfig(this.#loaded, fresh)) {
      this.#log.info(needsRestart ? "setting changed, in force after a restart" : "setting changed", {
        key,
        before,
        after,
      });
    }
    this.#loaded = fresh;
    this.#published = publishedOf(fresh);
    this.#notices = diffConfig(this.#begun, fresh)
      .filter(({ needsRestart, section }) => needsRestart && section === "QMServer")
      .map(describeWaiting);
    // Where the jobs lie and whose they are cannot change under a running manager.
    const { qmFolder, worker } = this.#config;
    this.#config = { ...fresh.config, qmFolder, worker };
    const { log, debug } = fresh.config;
    this.#log.reconfigure({ ...log, verbose: debug });
  }

  // A file that cannot be looked at has a stamp too: reading it then tells what is wrong.
  #stampNow(): string {
    return this.#loaded.sought.map(stampOf).join("\n");
  }
}

function stampOf(file: string): string {
  try {
    const { ino, size, mtimeMs } = fs.statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    return codeOrText(error);
  }
}

function publishedOf(loaded: LoadedConfig): Published {
  const { file } = loaded;
  return { ...(file !== undefined && { file }), digest: valuesDigest(loaded) };
}

function describeWaiting({ key, before, after }: ChangedSetting): string {
  return `${key} = ${after} counts after a restart of the manager; until then it is ${before}`;
}
