import type { Liveness } from "../client/manager-state.ts";
import type { LoadedConfig } from "../config/config.ts";
import type { Checked } from "../core/problem.ts";

/** How a daemon is to be run in this process. */
export interface DaemonOrder {
  readonly loaded: LoadedConfig;
  /** Reads the configuration anew, for a reload. */
  readonly load: () => Checked<LoadedConfig>;
  /** Writes the log to stderr as well. */
  readonly foreground: boolean;
}

/** Whether jobs can get processors of their own here. */
type PinningAnswer =
  | { readonly kind: "available"; readonly processors: readonly number[] }
  | { readonly kind: "unavailable"; readonly why: string };

/** What the commands need of the other layers, passed in where the program is put together. */
export interface Services extends Liveness {
  /** Runs the daemon until it is stopped. Throws `QmError`; `refused` when the queue has one already. */
  readonly runDaemon: (order: DaemonOrder) => Promise<void>;
  readonly pinningSupport: () => PinningAnswer;
  /** The file that a shell would run for this name, searching a PATH. */
  readonly findProgram: (name: string, searchPath: string) => string | undefined;
  /** This installation. */
  readonly installation: Installation;
}

/** Where this program lies, as absolute paths. */
interface Installation {
  /** The Node.js that runs it. */
  readonly node: string;
  /** The built `qm.js`. */
  readonly script: string;
  /** The folder with `package.json`, the examples and `QMserv.cfg.example`. */
  readonly root: string;
}
