import type { JobRecord } from "../src/job/record.ts";
import { QueueFolder } from "../test/support/queue-folder.ts";

const OWNERS = ["ada@lab.org", "grace@lab.org", "alan@lab.org", "emmy@lab.org", "kurt@lab.org"];
const SPAN_DAYS = 365;

/** Makes a queue with this many finished jobs: a folder and a line of the history each, spread over a year. */
export function makeFinishedQueue(count: number): QueueFolder {
  const queue = new QueueFolder();
  const rights = { Licence_to_kill: "True", Delete_Jobs: "True" };
  queue.writeConfig({ QMServer: { QM_FOLDER: queue.layout.root }, WEB_QMserver: { The_Port: 0, ...rights } });
  queue.putManyEnded(Array.from({ length: count }, (_, at) => recordOf(at, count)));
  return queue;
}

function recordOf(at: number, count: number): JobRecord {
  const finishedMs = Date.now() - ((count - at) / count) * SPAN_DAYS * 86_400_000;
  const isDone = at % 7 !== 0;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    version: 1,
    name: `${String(at).padStart(6, "0")}_sample_run`,
    runId: `run-${at}`,
    attempt: 1,
    state: isDone ? "done" : "failed",
    reason: isDone ? "the command ended with exit code 0" : "the command ended with exit code 1",
    owner: OWNERS[at % OWNERS.length] ?? "",
    description: `sample ${at % 97} at 800 MHz`,
    script: "python process.py --fast",
    infoFile: "proc_config.cfg",
    mailTo: [],
    priority: 0,
    size: "100 x 4096",
    worker: "lab",
    host: "lab-server",
    processors: 2,
    queuedAt: iso(finishedMs - 4_200_000),
    startedAt: iso(finishedMs - 3_600_000),
    finishedAt: iso(finishedMs),
    waitedSeconds: 600,
    ranSeconds: 3600,
    exitCode: isDone ? 0 : 1,
    cpuSeconds: 7000,
  };
}
