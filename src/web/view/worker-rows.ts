import type { QueueView } from "../../app/queue-view.ts";
import { areWorkersWorthShowing, type WorkerStatus } from "../../job/worker-status.ts";
import { escapeControls } from "../../text/escape.ts";
import { domId, jobLink, workerLinks } from "./links.ts";
import { timeView } from "./time-view.ts";

/** Jobs of one worker that its row names. */
const JOBS_NAMED = 5;

/** The workers as rows of the front page; none where a single one is open, of which there is nothing to be told. */
export function workerRows({ workers }: Pick<QueueView, "workers">, nowMs: number) {
  return areWorkersWorthShowing(workers) ? workers.map((worker) => workerRow(worker, nowMs)) : [];
}

function workerRow(worker: WorkerStatus, nowMs: number) {
  const { name, host, processors, running, state, paused, closed, lastWord } = worker;
  return {
    id: domId("worker", name),
    name: escapeControls(name),
    /** Its machine, where that has another name. */
    host: host === undefined || host === name ? "" : escapeControls(host),
    processors,
    offers: offersOf(worker).map(escapeControls).join(" · "),
    running: running.slice(0, JOBS_NAMED).map((job) => ({ name: escapeControls(job), link: jobLink(job) })),
    more: Math.max(0, running.length - JOBS_NAMED),
    state,
    paused,
    /** It can be forgotten, as far as the manager tells. */
    isForgettable: state === "silent" && running.length === 0,
    closed: closed === undefined ? "" : escapeControls(closed),
    /** Since when it is not heard of. */
    lastWord: state === "silent" ? timeView(lastWord, nowMs) : undefined,
    act: workerLinks(name),
  };
}

function offersOf({ pools, labels, onlyNamed, maxJobs }: WorkerStatus): string[] {
  return [
    ...(pools.length === 0 ? [] : [`${pools.length === 1 ? "pool" : "pools"} ${pools.join(", ")}`]),
    ...labels,
    ...(onlyNamed ? ["only jobs that name it"] : []),
    ...(maxJobs === undefined ? [] : [`${maxJobs} at a time`]),
  ];
}
