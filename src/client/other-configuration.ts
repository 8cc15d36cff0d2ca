import type { LoadedConfig } from "../config/config.ts";
import { valuesDigest } from "../config/digest.ts";
import type { ManagerState } from "./manager-state.ts";

/**
 * In plain words, that the queue's manager goes by other values than this process; undefined where no manager runs, where the values
 * are the same, and for one file, which the manager follows or has told the faults of.
 */
export function otherConfiguration(loaded: LoadedConfig, manager: ManagerState): string | undefined {
  if (manager.kind === "absent") return undefined;
  const { configuration } = manager.status;
  if (configuration === undefined || configuration.file === loaded.file) return undefined;
  if (configuration.digest === valuesDigest(loaded)) return undefined;
  const theirs = configuration.file ?? "its defaults, without a file";
  const mend =
    configuration.file === undefined ? "a restart can give it a file" : "`--config` can name its file";
  return `the manager runs with other values: it goes by ${theirs}, and not by ${loaded.file ?? "the defaults"}; ${mend}`;
}
