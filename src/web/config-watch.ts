import type { LoadedConfig } from "../config/config.ts";
import type { Checked } from "../core/problem.ts";

const REST_MS = 2000;

/** The configuration as it stands in its file, read again at most every two seconds; a faulty file keeps the old values. */
export class ConfigWatch {
  readonly #load: () => Checked<LoadedConfig>;
  #loaded: LoadedConfig;
  #readMs: number;

  constructor(loaded: LoadedConfig, load: () => Checked<LoadedConfig>) {
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
}
