import type { FoundJob } from "../../src/app/find-job.ts";
import type { PresentJob } from "../../src/app/shown-job.ts";
import { endedJob, type LiveJob } from "../../src/job/job.ts";
import type { JobInfo } from "../../src/job/job-info.ts";
import { folderView } from "../../src/web/files/file-view.ts";
import type { ShownLog } from "../../src/web/log/shown-log.ts";
import { type JobViewParts, jobView } from "../../src/web/view/job-view.ts";
import { logView } from "../../src/web/view/log-view.ts";
import { ended, found, logOf, recordOf, running, waiting } from "./domain.ts";
import { HOSTILE, hostileAt } from "./hostile.ts";
import { labView } from "./lab.ts";
import { labEnded } from "./lab-ended.ts";
import { failedLog, runningLog } from "./lab-logs.ts";
import { askedFor, labListing } from "./pages.ts";
import type { Story } from "./story.ts";

/** The page of a job in each of its states. */
export const jobStories: readonly Story[] = [
  { name: "job-running", template: "job", model: runningJob },
  { name: "job-failed", template: "job", model: failedJob },
  { name: "job-waiting", template: "job", model: waitingJob },
  { name: "job-arriving", template: "job", model: arrivingJob },
  { name: "job-by-hand", template: "job", model: unrecordedJob },
  { name: "job-hostile", template: "job", model: hostileJob },
  { name: "job-10000-lines", template: "job", model: longJob },
];

function runningJob(nowMs: number): object {
  const live = labView(nowMs).running[0] ?? running(nowMs, {});
  const job = found("running", "assembly-chr07");
  const first = ended(nowMs, {
    name: job.name,
    state: "lost",
    reason: "the machine went down while it ran",
    seconds: 90_000,
  });
  const record = recordOf(first, {
    state: "running",
    reason: "it runs",
    attempt: 2,
    processors: 8,
    startedAt: live.startedAt ?? "",
  });
  const { finishedAt: _never, ranSeconds: _none, ...begun } = record;
  const shown = { ...liveJob(job, live), record: begun };
  return pageOf({ shown, attempts: [first], nowMs }, logOf(job, runningLog(nowMs), [1]));
}

function failedJob(nowMs: number): object {
  const failed = labEnded(nowMs)[1] ?? ended(nowMs, {});
  const job = found("finished", failed.name);
  const measured = { exitCode: 3, cpuSeconds: 14_820, peakMemoryBytes: 3.4e9, processorIds: [0, 1, 2, 3] };
  const record = recordOf(failed, measured);
  return pageOf(
    { shown: { found: job, job: endedJob(job.name, record), record }, attempts: [failed], nowMs },
    logOf(job, failedLog(nowMs)),
  );
}

function waitingJob(nowMs: number): object {
  const job = found("queue", "protein-folding-42");
  const live = waiting(nowMs, {
    name: job.name,
    rank: 3,
    held: true,
    reason: "held: take away the file QM_HOLD to release it, or use `qm release`",
  });
  return pageOf({ shown: { ...liveJob(job, live), info: infoOf("./fold.py --all") }, nowMs }, noLog(job));
}

function arrivingJob(nowMs: number): object {
  const job = found("queue", "microscope-2026-03");
  const live = {
    name: job.name,
    state: "arriving",
    bytes: 4.2e9,
    files: 318,
    reason: "is still growing",
  } as const;
  return pageOf({ shown: liveJob(job, live), nowMs }, noLog(job));
}

function unrecordedJob(nowMs: number): object {
  const job = found("finished", "old-results");
  const shown = { found: job, job: { state: "put_away", name: job.name }, record: undefined } as const;
  return pageOf({ shown, nowMs }, noLog(job));
}

function hostileJob(nowMs: number): object {
  const job = found("running", hostileAt(0));
  const live = running(nowMs, { name: job.name, note: HOSTILE.join(" ") });
  const attempts = HOSTILE.map((reason, at) =>
    ended(nowMs, { name: job.name, state: "failed", reason, attempt: at + 1 }),
  );
  const record = recordOf(ended(nowMs, { name: job.name, owner: hostileAt(1), description: hostileAt(2) }), {
    script: hostileAt(3),
    worker: hostileAt(4),
    killedBy: hostileAt(5),
    mailTo: HOSTILE,
    size: hostileAt(7),
  });
  return pageOf(
    { shown: { ...liveJob(job, live), record }, attempts, nowMs },
    logOf(job, HOSTILE.join("\n"), [1, 2]),
  );
}

function longJob(nowMs: number): object {
  const job = found("running", "talkative");
  const lines = Array.from({ length: 1000 }, (_, at) => `line ${9000 + at}: all is well\n`).join("");
  const shown = liveJob(job, running(nowMs, { name: job.name }));
  return pageOf({ shown, nowMs }, logOf(job, lines, [], 250_000));
}

function pageOf(parts: Pick<JobViewParts, "shown" | "nowMs"> & Partial<JobViewParts>, log: ShownLog): object {
  const permissions = { act: true, delete: true };
  const files = folderView(askedFor(parts.shown.job.name), labListing(parts.nowMs), parts.nowMs);
  return {
    ...jobView({ attempts: [], permissions, pathAs: "\\\\lab-server\\QM", ...parts }),
    hasInputs: true,
    files,
    log: logView(log),
  };
}

function liveJob(found: FoundJob, job: LiveJob): PresentJob {
  return { found, job, record: undefined };
}

function noLog(job: ShownLog["job"]): ShownLog {
  return { job, attempt: undefined, ending: undefined, earlier: [] };
}

function infoOf(script: string): JobInfo {
  return {
    infoFile: "proc_config.cfg",
    script,
    processors: 2,
    mailTo: ["chen@lab.example"],
    description: "As soon as the license is back",
    priority: 0,
  };
}
