import type { Queue } from "../client/queue.ts";
import type { LoadedConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import type { Checked } from "../core/problem.ts";
import { layoutOf } from "../folders/layout.ts";
import type { Io } from "./io.ts";
import { ProblemsError } from "./problems-error.ts";
import type { Services } from "./services.ts";

/** One invocation of the program. */
export interface Session {
  readonly io: Io;
  readonly services: Services;
  /** The value of `--config`. */
  readonly configFile: string | undefined;
  /** The words of the command line, as they were given. */
  readonly argv: readonly string[];
}

/** Finds the session's configuration and queue. Throws `ProblemsError` where the configuration is wrong. */
export function openQueue(session: Session): Queue {
  const loaded = loadSessionConfig(session);
  if (loaded.kind === "problems") throw new ProblemsError("the configuration is wrong", loaded.problems);
  const { config } = loaded.value;
  return { loaded: loaded.value, config, layout: layoutOf(config.qmFolder) };
}

/** The session's configuration, or all that is wrong with it. */
export function loadSessionConfig({ io, configFile }: Session): Checked<LoadedConfig> {
  return loadConfig({ explicit: configFile, env: io.env, cwd: io.cwd });
}
