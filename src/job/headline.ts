import { describeRoom } from "../text/inodes.ts";
import { counted } from "../text/quantity.ts";
import { fromNow } from "./forecast-words.ts";
import type { PublishedStatus } from "./published-status.ts";

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

/** The job that is expected to start first is named where it is not the first of the line. */
function nextStart(waiting: Headlined["waiting"]): string {
  const startOf = ({ expectedStartSeconds }: Headlined["waiting"][number]) =>
    expectedStartSeconds ?? Infinity;
  const [first] = waiting;
  if (first === undefined) return "";
  const next = waiting.reduce((least, job) => (startOf(job) < startOf(least) ? job : least));
  if (next.expectedStartSeconds === undefined) return "";
  return `, ${next === first ? "the next" : next.name} to start ${fromNow(next.expectedStartSeconds)}`;
}
