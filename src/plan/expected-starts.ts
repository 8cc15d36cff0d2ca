import type { Occupancy } from "./occupancy.ts";
import type { QueuedJob, ScheduleInput } from "./schedule-input.ts";
import { startInOrder } from "./start-in-order.ts";

/** Jobs of a line whose start is told; nobody plans by what comes after five hundred others. */
const MAX_JOBS = 500;

/**
 * Seconds until each job of the line starts, if every job ends when it is expected to and none comes: the queue's own rules,
 * led on from end to end. Undefined from where nothing tells when a job ends.
 * @param occupancy is led on, and says nothing of now afterwards
 */
export function expectedStarts(
  line: readonly QueuedJob[],
  occupancy: Occupancy,
  { nowMs, rules }: Pick<ScheduleInput, "nowMs" | "rules">,
): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  let waiting = line.slice(0, MAX_JOBS);
  let seconds = 0;
  while (waiting.length > 0) {
    comeToHead(waiting, nowMs + seconds * 1000);
    const untilNextEnd = occupancy.letNextEnd();
    if (untilNextEnd === undefined) break;
    seconds += untilNextEnd;
    const started = startInOrder(waiting, occupancy, { nowMs: nowMs + seconds * 1000, rules }).starts;
    for (const { name } of started) starts.set(name, seconds);
    if (started.length > 0) waiting = waiting.filter(({ name }) => !starts.has(name));
  }
  return starts;
}

/** The first is at the head from now on, if it has not been there before. */
function comeToHead(waiting: QueuedJob[], nowMs: number): void {
  const [head] = waiting;
  if (head !== undefined && head.headSinceMs === undefined) waiting[0] = { ...head, headSinceMs: nowMs };
}
