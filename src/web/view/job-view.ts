import { abilitiesOf } from "../../app/act.ts";
import { destinationsOf } from "../../app/destination.ts";
import type { FoundJob } from "../../app/find-job.ts";
import type { PresentJob } from "../../app/shown-job.ts";
import type { Permissions } from "../../job/actions.ts";
import { type FactKey, factsOf, factsOfRun, listFacts } from "../../job/facts.ts";
import { isLive, isRun } from "../../job/job.ts";
import { describeDestination } from "../../job/reassignment.ts";
import { causesOf, liveWord, PUT_AWAY, reasonOf, stateWord, wordOf } from "../../job/words.ts";
import type { WorkerStatus } from "../../job/worker-status.ts";
import { STAGE_FOLDERS } from "../../queue/layout.ts";
import { escapeControls, onOneLine } from "../../text/escape.ts";
import { mountedPath } from "../../text/paths.ts";
import type { EndedAttempt } from "../ended/ended-attempt.ts";
import { frontLink } from "./front-query.ts";
import { progressView } from "./front-rows.ts";
import { actionLinks, fileLink, zipLink } from "./links.ts";
import { adviceFor } from "./notices.ts";
import { timeView } from "./time-view.ts";

/** The source of a job's page, without its log and its files. */
export interface JobViewParts {
  readonly shown: PresentJob;
  readonly attempts: readonly EndedAttempt[];
  readonly permissions: Permissions;
  /** `Path_As` of the configuration. */
  readonly pathAs: string | undefined;
  readonly nowMs: number;
  /** The queue's workers, while the job waits. */
  readonly workers?: readonly WorkerStatus[];
}

/** A job's page without its log and its files. */
export function jobView({ shown, attempts, permissions, pathAs, nowMs, workers = [] }: JobViewParts) {
  const { job, found } = shown;
  const { state, word } = stateOf(shown);
  return {
    title: `${word} ${escapeControls(job.name)} · QueueManager`,
    name: escapeControls(job.name),
    ...foldersOf(found, pathAs),
    /** The outcome, or where the job is on its way. */
    state,
    word,
    /** Outcome and cause in plain words, one paragraph each. */
    why: whyOf(shown)
      .map((text) => adviceFor(permissions, text))
      .filter((text) => text !== "" && text !== word)
      .map(escapeControls),
    progress: isRun(job) ? progressView(job, nowMs) : undefined,
    facts: factViews(shown, nowMs),
    attempts: attempts.map((attempt) => attemptView(attempt, nowMs)),
    /** The number of the attempt its folder tells of; 0 for none. */
    lastAttempt: shown.record?.attempt ?? 0,
    links: linksOf(shown),
    /** The places to which it can be reassigned; none where there is one worker. */
    destinations:
      workers.length > 1 ? destinationsOf(workers).map((to) => escapeControls(describeDestination(to))) : [],
    /** The actions that may be asked for here and now. */
    can: abilitiesOf(shown, permissions),
  };
}

/** The path of its folder as people see it on their machines, and on the server where that is another. */
function foldersOf({ folder, stage, name }: FoundJob, pathAs: string | undefined) {
  const own = escapeControls(folder);
  if (pathAs === undefined) return { folder: own, serverFolder: undefined };
  return { folder: escapeControls(mountedPath(pathAs, STAGE_FOLDERS[stage], name)), serverFolder: own };
}

function stateOf({ job, record }: PresentJob): { state: string; word: string } {
  if (isLive(job)) return { state: isRun(job) ? "running" : job.state, word: liveWord(job) };
  if (job.state === "put_away" || record === undefined) return { state: "lost", word: PUT_AWAY.word };
  return { state: job.state, word: wordOf(record) };
}

const ENDING =
  "It is being ended: its processes have been asked to end, and are killed when their time to do so is over.";

function whyOf({ job, record }: PresentJob): readonly string[] {
  if (isLive(job)) return [reasonOf(job) || (job.state === "ending" ? ENDING : "")];
  return job.state === "put_away" || record === undefined ? [PUT_AWAY.cause] : causesOf(record);
}

/** Labels of the page where they are not those of the other faces. */
const LABELS: Readonly<Partial<Record<FactKey, string>>> = {
  place: "Place in the queue",
  starts: "Expected to start",
  ends: "Expected to end",
};

/** Lines of the list of facts, each with a text or a moment. */
function factViews(shown: PresentJob, nowMs: number) {
  const { job, record } = shown;
  const { ends = [] } = factsOfRun(job);
  return listFacts(factsOf(shown), "started", { ends })
    .map(({ key, label, text, full, at }) => {
      const value = key === "worker" && record?.worker === record?.host ? text : full;
      const safe = key === "description" ? onOneLine : escapeControls;
      return { label: LABELS[key] ?? label, text: value && safe(value), time: timeView(at, nowMs) };
    })
    .filter(({ text, time }) => time !== undefined || (text !== undefined && text !== ""));
}

function linksOf({ found: { name, stage }, record }: PresentJob) {
  return {
    ...actionLinks({ name, stage }),
    /** Its jobs on the workers; undefined where it is one itself. */
    children: record?.runOnAll === true ? frontLink({ filter: { text: `${name}.` } }) : undefined,
    files: fileLink("view", stage, name),
    /** Undefined where there is none: a job that waits for its first run. */
    record: record === undefined ? undefined : fileLink("raw", stage, name, ".qm/job.json"),
    zip: zipLink(name),
    results: zipLink(name, "results"),
  };
}

/** The page of a job whose folder is gone; no attempts where there never was one. */
export function absentView(name: string, attempts: readonly EndedAttempt[], nowMs: number) {
  return {
    title: `No job ${escapeControls(name)} · QueueManager`,
    name: escapeControls(name),
    attempts: attempts.map((attempt) => attemptView(attempt, nowMs)),
  };
}

function attemptView({ attempt, state, reason, warning, finishedMs }: EndedAttempt, nowMs: number) {
  return {
    number: attempt,
    word: stateWord(state, warning !== undefined),
    state,
    reason: escapeControls(reason),
    finished: timeView(finishedMs, nowMs),
  };
}
