import type { WorkerStatus } from "../job/worker-status.ts";
import { listedFew } from "../text/quantity.ts";
import type { Style } from "./terminal/output.ts";
import type { Column } from "./terminal/table.ts";
import { ago } from "./terminal/times.ts";

/** The columns of lists of workers. */
export function workerColumns(style: Style): Column<WorkerStatus>[] {
  return [
    { title: "WORKER", of: ({ name }) => name, shrinkTo: 12, paint: (text) => style.cyan(text) },
    { title: "BUSY", of: ({ processors }) => `${processors.busy} of ${processors.max}`, align: "right" },
    { title: "POOLS", of: ({ pools }) => pools.join(", ") || "-", isSpare: true },
    { title: "LABELS", of: ({ labels }) => labels.join(", ") || "-", isSpare: true },
    { title: "LAST WORD", of: lastWordOf, align: "right" },
    { title: "RUNS", of: ({ running }) => listedFew(running) || "-", shrinkTo: 12 },
    {
      title: "WHY IT GETS NOTHING",
      of: noteOf,
      shrinkTo: 12,
      wraps: true,
      paint: (text, { closed }) => (closed === undefined ? text : style.yellow(text)),
    },
  ];
}

/** The manager's own machine needs no word; of one that is heard of the published time is as old as the status. */
function lastWordOf({ lastWord, state }: WorkerStatus): string {
  if (lastWord === undefined) return "-";
  return state === "silent" ? ago(lastWord) : "now";
}

function noteOf({ closed, onlyNamed, maxJobs }: WorkerStatus): string {
  const rules = [
    ...(onlyNamed ? ["takes only jobs that name it"] : []),
    ...(maxJobs === undefined ? [] : [`runs ${maxJobs} at a time`]),
  ];
  return closed ?? (rules.length === 0 ? "-" : `(${rules.join(", ")})`);
}
