import { hasEnded } from "../../client/delete-job.ts";
import type { FoundJob } from "../../client/job-named.ts";
import type { QueueView } from "../../client/queue-view.ts";
import { formatDuration } from "../../core/duration.ts";
import { escapeControls } from "../../core/escape.ts";
import { type JobInfo, ownerOf } from "../../core/job-info.ts";
import { formatBytes } from "../../core/quantity.ts";
import type { JobRecord } from "../../core/record.ts";
import { STATE_WORDS } from "../../core/state-words.ts";
import type { EndedJob } from "../ended/ended-job.ts";
import { actionLink, deleteLink, fileLink, killLink, zipLink } from "./links.ts";
import type { Permissions } from "./permissions.ts";
import { type ProgressView, progressView } from "./progress-view.ts";
import { type TimeView, timeView } from "./time-view.ts";

/** What the manager says of a job that has not ended. */
export type LiveJob = Partial<
  QueueView["running"][number] & QueueView["waiting"][number] & QueueView["arriving"][number]
>;

/** What a job's page is made from. */
export interface JobSource {
  readonly job: FoundJob;
  readonly live: LiveJob | undefined;
  readonly record: JobRecord | undefined;
  readonly info: JobInfo | undefined;
  readonly attempts: readonly EndedJob[];
  readonly permissions: Permissions;
  readonly nowMs: number;
}

/** A line of the list of facts: text, or a moment. */
interface Fact {
  readonly label: string;
  readonly text: string | undefined;
  readonly time: TimeView | undefined;
}

/** A job's page without its log and its files. */
export interface JobView {
  readonly title: string;
  readonly name: string;
  readonly folder: string;
  /** The outcome, or where the job is on its way. */
  readonly state: string;
  readonly word: string;
  /** Outcome and cause in plain words, one paragraph each. */
  readonly why: readonly string[];
  readonly progress: ProgressView | undefined;
  readonly facts: readonly Fact[];
  readonly attempts: readonly {
    readonly number: number;
    readonly word: string;
    readonly state: string;
    readonly reason: string;
    readonly finished: TimeView | undefined;
  }[];
  readonly links: JobLinks;
  /** What may be asked for here and now. */
  readonly can: { readonly kill: boolean; readonly hold: boolean; readonly release: boolean } & {
    readonly top: boolean;
    readonly redo: boolean;
    readonly delete: boolean;
  };
}

interface JobLinks {
  readonly kill: string;
  readonly hold: string;
  readonly release: string;
  readonly top: string;
  readonly redo: string;
  readonly delete: string;
  readonly files: string;
  readonly record: string;
  readonly zip: string;
  readonly results: string;
}

/** A job's page. */
export function jobView(source: JobSource): JobView {
  const { job, live, nowMs } = source;
  const { state, word } = stateOf(source);
  return {
    title: `${word} ${escapeControls(job.name)} · QueueManager`,
    name: escapeControls(job.name),
    folder: escapeControls(job.folder),
    state,
    word,
    why: whyOf(source)
      .filter((text) => text !== "")
      .map(escapeControls),
    progress: progressView(live?.progress, live?.startedAt, nowMs),
    facts: (job.shelf === "queue" ? waitingFacts(source) : recordFacts(source)).filter(
      ({ text, time }) => time !== undefined || (text !== undefined && text !== ""),
    ),
    attempts: source.attempts.map((attempt) => ({
      number: attempt.attempt,
      word: STATE_WORDS[attempt.state],
      state: attempt.state,
      reason: escapeControls(attempt.reason),
      finished: timeView(attempt.finishedMs, nowMs),
    })),
    links: linksOf(job),
    can: abilities(source),
  };
}

function stateOf({ job, record, live }: JobSource): { state: string; word: string } {
  if (hasEnded(job))
    return record === undefined || record.state === "running"
      ? { state: "lost", word: "put away by hand" }
      : { state: record.state, word: STATE_WORDS[record.state] };
  if (job.shelf === "running") return { state: "running", word: live?.phase ?? "running" };
  if (live?.rank === undefined) return { state: "arriving", word: "arriving" };
  return { state: "waiting", word: live.held === true ? "held" : "waiting" };
}

const PHASES: Readonly<Record<NonNullable<LiveJob["phase"]>, string>> = {
  starting: "",
  running: "",
  ending:
    "It is being ended: its processes have been asked to end, and are killed when their time to do so is over.",
};

function whyOf({ job, record, live }: JobSource): readonly string[] {
  if (!hasEnded(job)) return [live?.reason ?? live?.note ?? PHASES[live?.phase ?? "running"]];
  if (record === undefined) return ["It has no record: its folder was put here by hand."];
  if (record.state === "running") return ["Its folder was put here by hand while it ran."];
  return record.problems ?? [record.reason];
}

function waitingFacts({ live, info, record, nowMs }: JobSource): Fact[] {
  return [
    fact("Command", info?.script),
    fact("Owner", info === undefined ? undefined : ownerOf(info)),
    fact("Description", info?.description),
    fact("Place in the queue", live?.rank?.toString()),
    fact("Processors", info?.processors.toString()),
    fact("Priority", info?.priority.toString()),
    fact("Time limit", duration(info?.timeLimitSeconds)),
    moment("Queued", live?.queuedAt, nowMs),
    fact("Expected to start in", duration(live?.expectedStartSeconds)),
    fact("Size", live?.bytes === undefined ? undefined : formatBytes(live.bytes)),
    fact(
      "Last attempt",
      record === undefined ? undefined : `${record.attempt}: ${STATE_WORDS[record.state]}`,
    ),
  ];
}

function recordFacts({ record, nowMs }: JobSource): Fact[] {
  if (record === undefined) return [];
  const ids = record.processorIds === undefined ? "" : ` (numbers ${record.processorIds.join(", ")})`;
  const memory = record.peakMemoryBytes;
  return [
    fact("Command", record.script),
    fact("Owner", record.owner),
    fact("Description", record.description),
    fact("Attempt", String(record.attempt)),
    moment("Queued", record.queuedAt, nowMs),
    moment("Started", record.startedAt, nowMs),
    moment("Finished", record.finishedAt, nowMs),
    fact("Waited", duration(record.waitedSeconds)),
    fact("Ran", duration(record.ranSeconds)),
    fact("Time limit", duration(record.timeLimitSeconds)),
    fact("Processors", record.processors === undefined ? undefined : `${record.processors}${ids}`),
    fact("Priority", record.priority?.toString()),
    fact("Size", record.size),
    fact("Worker", `${record.worker} on ${record.host}`),
    fact("Exit code", record.exitCode?.toString()),
    fact("Signal", record.signal),
    fact("Killed by", record.killedBy),
    fact("CPU time", duration(record.cpuSeconds)),
    fact("Peak memory", memory === undefined ? undefined : formatBytes(memory)),
    fact("Mail to", record.mailTo.join(", ")),
  ];
}

function linksOf({ name, shelf }: FoundJob): JobLinks {
  return {
    kill: killLink(name),
    hold: actionLink(name, "hold"),
    release: actionLink(name, "release"),
    top: actionLink(name, "top"),
    redo: actionLink(name, "redo"),
    delete: deleteLink(shelf, name),
    files: fileLink("view", shelf, name),
    record: fileLink("raw", shelf, name, ".qm/job.json"),
    zip: zipLink(name),
    results: zipLink(name, "results"),
  };
}

function abilities({ job, live, permissions }: JobSource): JobView["can"] {
  const isWaiting = job.shelf === "queue" && live?.rank !== undefined;
  const ended = hasEnded(job);
  return {
    kill: permissions.act && !ended && live?.phase !== "ending",
    hold: permissions.act && isWaiting && live?.held !== true,
    release: permissions.act && isWaiting && live?.held === true,
    top: permissions.act && isWaiting,
    redo: permissions.act && ended,
    delete: permissions.delete && ended,
  };
}

function fact(label: string, text: string | undefined): Fact {
  return { label, text: text === undefined ? undefined : escapeControls(text), time: undefined };
}

function moment(label: string, iso: string | undefined, nowMs: number): Fact {
  return { label, text: undefined, time: timeView(iso, nowMs) };
}

function duration(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : formatDuration(seconds);
}
