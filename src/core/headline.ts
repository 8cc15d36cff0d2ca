import { fromNow } from "./forecast-words.ts";
import { describeRoom } from "./inodes.ts";
import type { PublishedStatus } from "./published-status.ts";
import { counted } from "./quantity.ts";

type Headlined = Pick<PublishedStatus, "processors" | "arriving" | "waiting" | "disk" | "idle"> & {
  readonly running: readonly unknown[];
};

/** The state of the whole queue in a few sentences; names in it are not escaped. */
export function headline({ processors, running, waiting, arriving, disk, idle }: Headlined): string {
  const jobs = [
    `${counted(running.length, "job")} running`,
    ...(arriving.length > 0 ? [`${arriving.length} arriving`] : []),
    `${waiting.length} waiting${nextStart(waiting)}`,
  ];
  const sentences = [
    `${processors.busy} of ${counted(processors.max, "processor")} busy: ${jobs.join(", ")}`,
    ...(idle === undefined ? [] : [idle]),
    describeRoom(disk),
  ];
  return `${sentences.join(". ")}.`;
}

function nextStart(waiting: Headlined["waiting"]): string {
  const expected = waiting.flatMap(({ expectedStartSeconds }) => expectedStartSeconds ?? []);
  // Without a spread: there may be more than a call takes.
  const next = expected.reduce((least, seconds) => Math.min(least, seconds), Number.POSITIVE_INFINITY);
  return Number.isFinite(next) ? `, the next to start ${fromNow(next)}` : "";
}
