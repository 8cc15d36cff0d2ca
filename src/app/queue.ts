import type { Config, LoadedConfig } from "../config/config.ts";
import type { Layout } from "../queue/layout.ts";

/** The queue that a process beside the manager is about. */
export interface Queue {
  readonly loaded: LoadedConfig;
  readonly config: Config;
  readonly layout: Layout;
}
