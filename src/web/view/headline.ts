import type { QueueView } from "../../client/queue-view.ts";
import { counted, formatBytes } from "../../core/quantity.ts";
import { roughly } from "./time-view.ts";

/** The state of the whole queue in one or two sentences. */
export function headline({ processors, running, waiting, arriving, disk }: QueueView): string {
  const jobs = [
    `${counted(running.length, "job")} running`,
    ...(arriving.length > 0 ? [`${arriving.length} arriving`] : []),
    `${waiting.length} waiting${nextStart(waiting)}`,
  ];
  return (
    `${processors.busy} of ${counted(processors.max, "processor")} busy: ${jobs.join(", ")}. ` +
    `${formatBytes(disk.freeBytes)} of disk free.`
  );
}

function nextStart(waiting: QueueView["waiting"]): string {
  const expected = waiting.flatMap(({ expectedStartSeconds }) => expectedStartSeconds ?? []);
  if (expected.length === 0) return "";
  return `, the next to start in ${roughly(Math.min(...expected))}`;
}

/** The tab's title: what runs and waits, so that it can be read without opening the tab. */
export function tabTitle({ running, waiting, manager }: QueueView): string {
  if (manager.kind === "absent") return "manager stopped · QueueManager";
  return `${running.length} running, ${waiting.length} waiting · QueueManager`;
}
