import { managerState } from "../client/manager-state.ts";
import { otherConfiguration } from "../client/other-configuration.ts";
import type { Queue } from "../client/queue.ts";
import { note } from "./output.ts";
import type { Session } from "./session.ts";

/** Tells on stderr where the queue's manager goes by other values than this command does. */
export function noteOtherValues({ io, services }: Session, { loaded, layout }: Queue): void {
  const other = otherConfiguration(loaded, managerState(layout, services));
  if (other !== undefined) note(io, `! ${other}`);
}
