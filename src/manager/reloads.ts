import type { LoadedConfig } from "../config/config.ts";
import { diffConfig } from "../config/diff.ts";
import type { ReloadEvents } from "../config/live-config.ts";
import { describeProblem } from "../text/problem.ts";
import type { Log } from "./log.ts";

/** Tells the log what each reload changes, and has it follow its own settings. */
export function logReloads(log: Log): ReloadEvents {
  return {
    onFaulty: (faults) => {
      for (const problem of faults) log.error("the configuration keeps its old values", { problem });
    },
    onTaken: (fresh, before) => {
      tellTaken(log, fresh, before);
      log.reconfigure({ ...fresh.config.log, verbose: fresh.config.debug });
    },
  };
}

function tellTaken(log: Log, fresh: LoadedConfig, before: LoadedConfig): void {
  const { file } = fresh;
  if (file !== undefined && file !== before.file) log.info("configuration made since", { file });
  for (const warning of fresh.warnings) log.warn(describeProblem(warning));
  for (const { needsRestart, section: _section, ...change } of diffConfig(before, fresh))
    log.info(needsRestart ? "setting changed, in force after a restart" : "setting changed", change);
}
