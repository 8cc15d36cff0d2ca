import { abilitiesOf } from "../../app/act.ts";
import type { FoundJob } from "../../app/job-named.ts";
import type { PresentJob } from "../../app/shown-job.ts";
import type { JobAction, Permissions } from "../../job/actions.ts";
import { factsOf, factsOfRun, insertFacts, pickFacts } from "../../job/facts.ts";
import { isInQueue, isLive, isRun } from "../../job/job.ts";
import { causesOf, reasonOf, stateWord, wordOf } from "../../job/words.ts";
import { SHELF_FOLDERS } from "../../queue/layout.ts";
import { escapeControls, onOneLine } from "../../text/escape.ts";
import { mountedPath } from "../../text/paths.ts";
import type { EndedAttempt } from "../ended/ended-attempt.ts";
import { type ProgressView, progressView } from "./front-rows.ts";
import { actionLinks, fileLink, zipLink } from "./links.ts";
import { adviceFor } from "./notices.ts";
import { type TimeView, timeView } from "./time-view.ts";

/** What a job's page is made from, without its log and its files. */
export interface JobViewParts {
  readonly shown: PresentJob;
  readonly attempts: readonly EndedAttempt[];
  readonly permissions: Permissions;
  /** `Path_As` of the configuration. */
  readonly pathAs: string | undefined;
  readonly nowMs: number;
}

/** A job's page without its log and its files. */
export interface JobView {
  readonly title: string;
  readonly name: string;
  /** The path of its folder, as people see it on their machines. */
  readonly folder: string;
  /** The same on the server, where that is another. */
  readonly serverFolder: string | undefined;
  /** The outcome, or where the job is on its way. */
  readonly state: string;
  readonly word: string;
  /** Outcome and cause in plain words, one paragraph each. */
  readonly why: readonly string[];
  readonly progress: ProgressView | undefined;
  readonly facts: readonly FactView[];
  readonly attempts: readonly {
    readonly number: number;
    readonly word: string;
    readonly state: string;
    readonly reason: string;
    readonly finished: TimeView | undefined;
  }[];
  /** The number of the attempt its folder tells of; 0 for none. */
  readonly lastAttempt: number;
  readonly links: JobLinks;
  /** What may be asked for here and now. */
  readonly can: Readonly<Record<JobAction, boolean>>;
}

/** A line of the list of facts: text, or a moment. */
interface FactView {
  readonly label: string;
  readonly text: string | undefined;
  readonly time: TimeView | undefined;
}

interface JobLinks extends Readonly<Record<JobAction, string>> {
  readonly files: string;
  /** Undefined where there is none: a job that waits for its first run. */
  readonly record: string | undefined;
  readonly zip: string;
  readonly results: string;
}

/** A job's page. */
export function jobView({ shown, attempts, permissions, pathAs, nowMs }: JobViewParts): JobView {
  const { job, found } = shown;
  const { state, word } = stateOf(shown);
  return {
    title: `${word} ${escapeControls(job.name)} · QueueManager`,
    name: escapeControls(job.name),
    ...foldersOf(found, pathAs),
    state,
    word,
    why: whyOf(shown)
      .map((text) => adviceFor(permissions, text))
      .filter((text) => text !== "" && text !== word)
      .map(escapeControls),
    progress: isRun(job) ? progressView(job, nowMs) : undefined,
    facts: factViews(shown, nowMs),
    attempts: attempts.map((attempt) => ({
      number: attempt.attempt,
      word: stateWord(attempt.state, attempt.warning !== undefined),
      state: attempt.state,
      reason: escapeControls(attempt.reason),
      finished: timeView(attempt.finishedMs, nowMs),
    })),
    lastAttempt: shown.record?.attempt ?? 0,
    links: linksOf(shown),
    can: abilitiesOf(shown, permissions),
  };
}

function foldersOf(
  { folder, shelf, name }: FoundJob,
  pathAs: string | undefined,
): Pick<JobView, "folder" | "serverFolder"> {
  const own = escapeControls(folder);
  if (pathAs === undefined) return { folder: own, serverFolder: undefined };
  return { folder: escapeControls(mountedPath(pathAs, SHELF_FOLDERS[shelf], name)), serverFolder: own };
}

function stateOf({ job, record }: PresentJob): { state: string; word: string } {
  if (isRun(job)) return { state: "running", word: job.state };
  if (isInQueue(job)) {
    const isHeld = job.state === "waiting" && job.held;
    return { state: job.state, word: isHeld ? "held" : job.state };
  }
  if (job.state === "put_away" || record === undefined) return { state: "lost", word: "put away by hand" };
  return { state: job.state, word: wordOf(record) };
}

const ENDING =
  "It is being ended: its processes have been asked to end, and are killed when their time to do so is over.";

function whyOf({ job, record }: PresentJob): readonly string[] {
  if (isLive(job)) return [reasonOf(job) || (job.state === "ending" ? ENDING : "")];
  if (record === undefined) return ["It has no record: its folder was put here by hand."];
  return job.state === "put_away" ? ["Its folder was put here by hand while it ran."] : causesOf(record);
}

/** Labels of the page where they are not those of the other faces. */
const LABELS: Readonly<Record<string, string>> = {
  Place: "Place in the queue",
  Starts: "Expected to start",
  Ends: "Expected to end",
};

function factViews(shown: PresentJob, nowMs: number): FactView[] {
  const { job, record } = shown;
  const ends = pickFacts(factsOfRun(job), "Ends");
  const facts = insertFacts(factsOf(shown), "Started", ends).map(({ label, text, full = text, at }) => ({
    label: LABELS[label] ?? label,
    text: label === "Worker" && record?.worker === record?.host ? text : full,
    time: timeView(at, nowMs),
  }));
  return facts
    .filter(({ text, time }) => time !== undefined || (text !== undefined && text !== ""))
    .map(({ text, ...fact }) => ({ ...fact, text: text && textOf(fact.label, text) }));
}

function textOf(label: string, text: string): string {
  return label === "Description" ? onOneLine(text) : escapeControls(text);
}

function linksOf({ found: { name, shelf }, record }: PresentJob): JobLinks {
  return {
    ...actionLinks({ name, shelf }),
    files: fileLink("view", shelf, name),
    record: record === undefined ? undefined : fileLink("raw", shelf, name, ".qm/job.json"),
    zip: zipLink(name),
    results: zipLink(name, "results"),
  };
}

/** The page of a job that has no folder. */
interface AbsentView {
  readonly title: string;
  readonly name: string;
  /** What the history knows of it, newest first. */
  readonly attempts: readonly {
    readonly word: string;
    readonly state: string;
    readonly reason: string;
    readonly finished: TimeView | undefined;
  }[];
}

/** What is left of a job whose folder is gone; no attempts where there never was one. */
export function absentView(name: string, attempts: readonly EndedAttempt[], nowMs: number): AbsentView {
  return {
    title: `No job ${escapeControls(name)} · QueueManager`,
    name: escapeControls(name),
    attempts: attempts.map(({ state, reason, warning, finishedMs }) => ({
      word: stateWord(state, warning !== undefined),
      state,
      reason: escapeControls(reason),
      finished: timeView(finishedMs, nowMs),
    })),
  };
}
