import { managerState } from "../client/manager-state.ts";
import { otherConfiguration } from "../client/other-configuration.ts";
import type { Queue } from "../client/queue.ts";
import { note } from "./output.ts";
import type { Session } from "./session.ts";

/** Tells on stderr where the queue's manager goes by other values than this command does; true if so. */
export function noteOtherValues({ io, services }: Session, { loaded, layout }: Queue): boolean {
  const other = otherConfiguration(loaded, managerState(layout, services), services);
  if (other !== undefined) note(io, `! ${other}`);
  return other !== undefined;
}

/** Processors for jobs: as the manager has it, which may use others than this process; without one by the configuration. */
export function processorsInForce({ services }: Session, { config, layout }: Queue): number {
  const manager = managerState(layout, services);
  return manager.kind === "alive" ? manager.status.processors.max : config.maxProcessors;
}
