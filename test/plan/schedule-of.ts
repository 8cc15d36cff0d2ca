import { chooseStarts, orderBehind } from "../../src/plan/schedule.ts";
import type { Kept } from "../../src/plan/schedule-input.ts";
import type { Start } from "../../src/plan/start-in-order.ts";
import type { WaitingPlace } from "../../src/plan/waiting-places.ts";
import { inputOf, type LoneInput } from "./schedule-arbitraries.ts";

/** The jobs that start now, and the places of all others. */
export interface Schedule {
  readonly starts: readonly Start[];
  /** Every waiting job that is not started now, in the order in which they will be; those that cannot start come last. */
  readonly order: readonly WaitingPlace[];
  /** The job that processors are kept for. */
  readonly keptFor: Kept | undefined;
}

/** Both halves of the choice, as a pass with its published status takes them one after the other; at time 0 unless told otherwise. */
export function schedule(at: LoneInput): Schedule {
  const input = inputOf(at);
  const { starts, keptFor } = chooseStarts(input);
  return { starts, keptFor, order: orderBehind(starts, { ...input, keptFor }) };
}
