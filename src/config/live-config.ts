import { fileStamp } from "../disk/error-code.ts";
import type { PublishedStatus } from "../job/published-status.ts";
import { type Checked, describeProblem } from "../text/problem.ts";
import type { Config, LoadedConfig } from "./config.ts";
import { diffConfig, valuesDigest } from "./diff.ts";

/** A reload, for those who want to know of it. */
export interface ReloadEvents {
  /** Another configuration is in force. */
  readonly onTaken?: (fresh: LoadedConfig, before: LoadedConfig) => void;
  /** The file is faulty, and the values from before stay in force; the faults in plain words. */
  readonly onFaulty?: (faults: readonly string[]) => void;
}

/** The configuration as it is now: its file is read anew when that is saved, all of it or nothing. */
export class LiveConfig {
  readonly #load: () => Checked<LoadedConfig>;
  readonly #events: ReloadEvents;
  readonly #begun: LoadedConfig;
  #loaded: LoadedConfig;
  #config: Config;
  #stamp: string;
  #faults: readonly string[] = [];

  /** @param load reads the configuration anew */
  constructor(loaded: LoadedConfig, load: () => Checked<LoadedConfig>, events: ReloadEvents = {}) {
    this.#load = load;
    this.#events = events;
    this.#begun = loaded;
    this.#loaded = loaded;
    this.#config = loaded.config;
    // One that was made since the configuration was read is seen as new.
    this.#stamp = loaded.sought.map((file) => (file === loaded.file ? fileStamp(file) : "ENOENT")).join("\n");
  }

  /** The configuration as it was read last without a fault. */
  get loaded(): LoadedConfig {
    return this.#loaded;
  }

  /** The values in force. Where the jobs lie and whose they are cannot change under a running process. */
  get config(): Config {
    return this.#config;
  }

  /** The configuration in force, as other processes are told of it. */
  get published(): NonNullable<PublishedStatus["configuration"]> {
    const { file } = this.#loaded;
    return { ...(file !== undefined && { file }), digest: valuesDigest(this.#loaded) };
  }

  /** The faults of the file as it was last saved, in plain words; none where it is in force. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /**
   * The settings of some sections that wait for a restart, in plain words.
   * @param whose process is to be restarted: "the manager"
   */
  waiting(sections: readonly string[], whose: string): readonly string[] {
    if (this.#loaded === this.#begun) return [];
    return diffConfig(this.#begun, this.#loaded)
      .filter((changed) => changed.needsRestart && sections.includes(changed.section))
      .map(
        ({ key, before, after }) =>
          `${key} = ${after} counts after a restart of ${whose}; until then it is ${before}`,
      );
  }

  /** Reads the file anew if it was saved since the last look, or if another one has come to count. */
  reloadIfSaved(): void {
    // A file that cannot be looked at has a stamp too: reading it then tells what is wrong.
    const stamp = this.#loaded.sought.map(fileStamp).join("\n");
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.reload();
  }

  /** Reads the file anew. A faulty one changes nothing. */
  reload(): void {
    const fresh = this.#load();
    this.#faults = fresh.kind === "problems" ? fresh.problems.map(describeProblem) : [];
    if (fresh.kind === "problems") this.#events.onFaulty?.(this.#faults);
    else this.#take(fresh.value);
  }

  #take(fresh: LoadedConfig): void {
    const before = this.#loaded;
    const { qmFolder, worker } = this.#config;
    this.#loaded = fresh;
    this.#config = { ...fresh.config, qmFolder, worker: { ...fresh.config.worker, name: worker.name } };
    this.#events.onTaken?.(fresh, before);
  }
}
