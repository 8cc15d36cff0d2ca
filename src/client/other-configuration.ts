import path from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { valuesDigest } from "../config/digest.ts";
import { layoutOf } from "../folders/layout.ts";
import { type Liveness, type ManagerState, managerState } from "./manager-state.ts";

/**
 * In plain words, that the queue's manager goes by other values than this process; undefined where none runs, where the values are
 * the same, and for one file, which the manager follows or has told the faults of.
 */
export function otherConfiguration(
  loaded: LoadedConfig,
  manager: ManagerState,
  liveness: Liveness,
): string | undefined {
  if (manager.kind === "absent") return otherFolder(loaded, liveness);
  const { configuration } = manager.status;
  if (configuration === undefined || configuration.file === loaded.file) return undefined;
  if (configuration.digest === valuesDigest(loaded)) return undefined;
  const theirs = configuration.file ?? "its defaults, without a file";
  const mend =
    configuration.file === undefined ? "a restart can give it a file" : "`--config` can name its file";
  return `the manager runs with other values: it goes by ${theirs}, and not by ${loaded.file ?? "the defaults"}; ${mend}`;
}

// A manager that began without a file looks after the folder beside it, also when one is made that names another.
function otherFolder({ config, file }: LoadedConfig, liveness: Liveness): string | undefined {
  if (file === undefined) return undefined;
  const beside = layoutOf(path.join(path.dirname(file), "QM"));
  if (beside.root === config.qmFolder) return undefined;
  const manager = managerState(beside, liveness);
  if (manager.kind === "absent" || manager.status.configuration?.file !== file) return undefined;
  return `the manager that goes by ${file} looks after ${beside.root}: another QM_FOLDER counts after its restart`;
}
