import fs from "node:fs";
import path from "node:path";
import { vi } from "vitest";
import type { JobRecord } from "../../src/job/record.ts";
import { statusText } from "../../src/queue/books/job-records.ts";
import { JOB_FILES } from "../../src/queue/layout.ts";
import { jobRecord } from "../support/job-record.ts";
import { shownWorker } from "../support/published-status.ts";
import type { JobFiles, QueueFolder } from "../support/queue-folder.ts";

/** The time at which everything is looked at. */
export const NOW = new Date("2026-03-05T12:00:00.000Z");

const RAN = {
  owner: "ada@lab.org",
  mailTo: ["ada@lab.org"],
  script: "sh run.sh",
  infoFile: "proc_config.cfg",
  processors: 2,
  queuedAt: "2026-03-05T09:58:00.000Z",
  startedAt: "2026-03-05T10:00:00.000Z",
  finishedAt: "2026-03-05T11:00:30.000Z",
  waitedSeconds: 120,
  ranSeconds: 3630,
} as const satisfies Partial<JobRecord>;

/** One ended job of each kind, by the stage that it lies in. */
const UNNUMBERED: readonly (readonly ["finished" | "lost", JobRecord])[] = [
  [
    "finished",
    jobRecord("sweep-1", {
      ...RAN,
      reason: "the command ended with exit code 0",
      description: "Second sweep, 40 °C",
      size: "2.1 Gb",
      exitCode: 0,
      cpuSeconds: 7003.25,
      peakMemoryBytes: 812_345_678,
      processorIds: [2, 3],
      warnings: ["proc_config.cfg, line 4: unknown key «colour»"],
    }),
  ],
  [
    "finished",
    jobRecord("left-behind", {
      ...RAN,
      owner: "ben",
      mailTo: [],
      reason: "the command ended with exit code 0",
      exitCode: 0,
      leftProcesses: { count: 2, names: ["sh", "python3"] },
    }),
  ],
  [
    "finished",
    jobRecord("tree", {
      ...RAN,
      state: "failed",
      attempt: 2,
      reason: "ModuleNotFoundError: No module named 'numpyy' (exit code 1)",
      exitCode: 1,
      tellingLine: "ModuleNotFoundError: No module named 'numpyy'",
    }),
  ],
  [
    "finished",
    jobRecord("memory", {
      ...RAN,
      owner: "ben",
      state: "failed",
      reason: "killed by the system (exit code 137)",
      exitCode: 137,
      signal: "SIGKILL",
      advice: "killed by the system, most often for lack of memory",
    }),
  ],
  [
    "finished",
    jobRecord("stopped", {
      ...RAN,
      state: "killed",
      reason: "killed by ben",
      killedBy: "ben",
      exitCode: 143,
    }),
  ],
  [
    "finished",
    jobRecord("endless", {
      ...RAN,
      state: "timed_out",
      reason: "ended after its time limit",
      timeLimitSeconds: 3600,
      exitCode: 143,
    }),
  ],
  [
    "lost",
    jobRecord("gone", {
      ...RAN,
      state: "lost",
      reason: "its supervisor is gone and left no outcome",
      lostInARow: 1,
    }),
  ],
  [
    "lost",
    jobRecord("typo", {
      state: "invalid",
      owner: "ada",
      reason: "the info file has faults",
      problems: ["proc_config.cfg, line 2: «scirpt» is no key: did you mean script?"],
      queuedAt: RAN.queuedAt,
      finishedAt: RAN.queuedAt,
    }),
  ],
];

/** As {@link UNNUMBERED}, with the numbers of the jobs. */
export const ENDED = UNNUMBERED.map(([stage, record], at) => [stage, { ...record, number: at + 1 }] as const);

const RUN_OF = { description: "", attempt: 1, queuedAt: RAN.queuedAt, state: "running" } as const;

const SHOWN = {
  processors: { max: 8, busy: 3 },
  workers: [
    shownWorker("w", {
      host: "another-machine",
      processors: { max: 8, busy: 3 },
      pools: ["day"],
      labels: ["gpu=a100"],
      running: ["assembly", "ending"],
    }),
  ],
  idle: "5 processors are idle: wide, which is next, needs 8, and no other job that waits fits",
  arriving: [{ name: "microscope", state: "arriving", bytes: 4.2e9, files: 318, reason: "is still growing" }],
  running: [
    {
      ...RUN_OF,
      name: "assembly",
      number: 9,
      runId: "run-assembly",
      owner: "ada@lab.org",
      processors: 2,
      processorIds: [0, 1],
      startedAt: RAN.startedAt,
      timeLimitSeconds: 14_400,
      expectedEndSeconds: 7200,
      peakMemoryBytes: 2e9,
    },
    {
      ...RUN_OF,
      name: "ending",
      number: 10,
      runId: "run-ending",
      owner: "ben",
      processors: 1,
      state: "ending",
      startedAt: RAN.startedAt,
      note: "cannot be ended: it waits for the disk",
    },
  ],
  waiting: [
    {
      name: "wide",
      number: 11,
      state: "waiting",
      owner: "ben",
      description: "All processors",
      processors: 8,
      priority: 5,
      bytes: 3e6,
      queuedAt: RAN.startedAt,
      rank: 1,
      held: false,
      reason: "next: needs 8 processors, 5 are free",
      expectedStartSeconds: 7200,
    },
    {
      name: "later",
      number: 12,
      state: "waiting",
      owner: "ada@lab.org",
      description: "",
      processors: 1,
      priority: 0,
      bytes: 0,
      queuedAt: RAN.startedAt,
      rank: 2,
      held: true,
      reason: "held: take away the file QM_HOLD to release it",
    },
  ],
  strays: [{ name: "notes.txt", reason: "it is a file" }],
  notices: ["the configuration has a fault: line 3"],
  madeAt: NOW.toISOString(),
  passMs: 1.5,
} as const;

/** Sets the clock and the time zone; both are put back after the test. */
export function stopTheClock(): void {
  vi.stubEnv("TZ", "UTC");
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
}

/** Makes a queue in which every state of a job occurs once, each file with a fixed time. */
export function furnish(queue: QueueFolder): void {
  for (const name of ["assembly", "ending"]) queue.put("running", name);
  for (const name of ["wide", "later", "microscope"]) queue.put("queue", name);
  queue.write("QM/QM_Jobs/assembly/process.log", "contigs merged: 6120\nround 31 / 40\n");
  for (const [stage, record] of ENDED) queue.putRecord(record, stage, filesOf(record));
  queue.publish(SHOWN);
  setTimes(queue.base);
}

/** The files that an ended job's folder has beside its record. */
function filesOf(record: JobRecord): JobFiles {
  return {
    [JOB_FILES.log]: `first\n${record.tellingLine ?? "second"}\n`,
    [JOB_FILES.statusText]: statusText(record),
  };
}

function setTimes(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true }))
    fs.utimesSync(path.join(entry.parentPath, entry.name), NOW, NOW);
}
