import type { LoadedConfig } from "../config/config.ts";
import { diffConfig } from "../config/diff.ts";
import type { Checked } from "../text/problem.ts";

const REST_MS = 2000;

/** The configuration as it stands in its file, read again at most every two seconds; a faulty file keeps the old values. */
export class ConfigWatch {
  readonly #load: () => Checked<LoadedConfig>;
  readonly #begun: LoadedConfig;
  #loaded: LoadedConfig;
  #readMs: number;

  constructor(loaded: LoadedConfig, load: () => Checked<LoadedConfig>) {
    this.#begun = loaded;
    this.#loaded = loaded;
    this.#load = load;
    this.#readMs = performance.now();
  }

  get loaded(): LoadedConfig {
    const nowMs = performance.now();
    if (nowMs - this.#readMs > REST_MS) {
      this.#readMs = nowMs;
      const read = this.#load();
      if (read.kind === "ok") this.#loaded = read.value;
    }
    return this.#loaded;
  }

  /** The settings of the page that wait for its restart, in plain words. */
  get notices(): readonly string[] {
    return diffConfig(this.#begun, this.loaded)
      .filter(({ section, needsRestart }) => needsRestart && section === "WEB_QMserver")
      .map(
        ({ key, before, after }) =>
          `${key} = ${after} counts after a restart of the page; until then it is ${before}`,
      );
  }
}
