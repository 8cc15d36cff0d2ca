import type { JobRecord } from "../../src/job/record.ts";
import { type Evidence, type FoundFolder, linesByJob } from "./evidence.ts";
import { groupBy } from "./groups.ts";
import type { LedgerEntry } from "./ledger.ts";

type Entry = Readonly<LedgerEntry>;

/** Every job lies in one folder, or was deleted; its attempts follow one another without a gap and end in that folder. */
export function auditPlaces(evidence: Evidence): string[] {
  const folders = groupBy(evidence.folders, ({ id }) => id);
  const lines = linesByJob(evidence);
  const strangers = [...folders, ...lines].filter(
    ([id]) => id === undefined || !evidence.jobs.some((job) => job.id === id),
  );
  return [
    ...strangers.map(([id, all]) => `nobody delivered ${id ?? ""} ${all.map(({ name }) => name).join(", ")}`),
    ...evidence.jobs.flatMap((job) => [
      ...placeOf(job, folders.get(job.id) ?? []),
      ...chainOf(job, lines.get(job.id) ?? [], folders.get(job.id)?.[0]),
    ]),
    ...evidence.folders.flatMap(requestsLeft),
  ];
}

function placeOf(job: Entry, folders: readonly FoundFolder[]): string[] {
  const wanted = job.deletedAfter === undefined ? 1 : 0;
  const where = folders.map(({ stage, name }) => `${stage}/${name}`).join(", ");
  if (folders.length !== wanted)
    return [`${told(job)} lies in ${folders.length} folders instead of ${wanted}: ${where}`];
  return folders.flatMap(({ stage, record }) => {
    if (record === undefined) return [`${told(job)} has no record in its folder (${where})`];
    const due = record.state === "lost" || record.state === "invalid" ? "lost" : "finished";
    return stage === due ? [] : [`${told(job)} is ${record.state} and lies in ${where}`];
  });
}

/** Between two lines lies a redo or, for a lost run, its requeueing; the last one is what the folder tells. */
function chainOf(job: Entry, lines: readonly JobRecord[], folder: FoundFolder | undefined): string[] {
  const last = lines.at(-1);
  const lastSeen = job.deletedAfter ?? folder?.record?.runId;
  if (last === undefined) return [`${told(job)} has no line in the history`];
  const inBetween = lines
    .slice(0, -1)
    .filter(({ state, runId }) => state !== "lost" && !job.redone.includes(runId));
  // A refusal for the same reasons again is the same refusal.
  const redoneLast = last.state !== "invalid" && job.redone.includes(last.runId);
  const untold = job.redone.filter((runId) => !lines.some((line) => line.runId === runId));
  return [
    ...(lastSeen === last.runId
      ? []
      : [`${told(job)} rests with run ${lastSeen}, the history ends with ${last.runId}`]),
    ...inBetween.map(({ runId }) => `${told(job)} ran again after ${runId} though nobody asked for it`),
    ...(redoneLast
      ? [`${told(job)} was put into the queue again after ${last.runId}, and no more is told`]
      : []),
    ...untold.map((runId) => `${told(job)} was redone after ${runId}, of which the history tells nothing`),
    ...(folder?.record === undefined || folder.record.state === last.state
      ? []
      : [`${told(job)} is ${folder.record.state} in its folder, ${last.state} in the history`]),
  ];
}

function requestsLeft({ stage, name, requests }: FoundFolder): string[] {
  return requests.map((request) => `${request} lies in ${stage}/${name}`);
}

/** The audit's name for a job. */
export function told({ id, kind, name }: Entry): string {
  return `job ${id} (${kind}, ${JSON.stringify(name)})`;
}
