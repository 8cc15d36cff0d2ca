import type { JobRecord } from "../../src/job/record.ts";
import { told as nameOf } from "./audit-places.ts";
import { type Evidence, idOfAddress, linesByJob, type RefusedLetter, type TakenLetter } from "./evidence.ts";
import type { LedgerEntry } from "./ledger.ts";

type Entry = Readonly<LedgerEntry>;

/** A letter's content concerns nobody but its receiver. */
export const ADMIN = "admin@lab.org";

/** The server refuses these for good. */
export const REFUSED_DOMAIN = "nowhere.org";

/** The outcomes of which letters tell. */
const ENDS = ["done", "failed", "killed", "timed_out", "lost", "invalid"] as const;

/** Every end has one letter (however often that came) for each reader who wants it; no letter tells of anything else. */
export function auditLetters(evidence: Evidence): string[] {
  const lines = linesByJob(evidence);
  const letters = byJobAndOutcome(evidence.letters.flatMap(perAddress));
  const refused = byJobAndOutcome(evidence.refusedLetters);
  const all = evidence.jobs.flatMap((job) => {
    const own = lines.get(job.id) ?? [];
    return ENDS.flatMap((outcome) => {
      const due = own.filter((line) => line.state === outcome && isWanted(job, line)).length;
      const key = `${job.id} ${outcome}`;
      return [
        ...compare(job, outcome, "letters", job.mailTo.some(isGood) ? due : 0, letters.get(key)),
        ...compare(job, outcome, "refused letters", job.mailTo.some(isBad) ? due : 0, refused.get(key)),
      ];
    });
  });
  const others = [...startLetters(evidence, lines), ...adminLetters(evidence), ...foreignNames(evidence)];
  return [...all, ...evidence.jobs.flatMap((job) => withoutAddress(job, lines.get(job.id) ?? [])), ...others];
}

// Of a job that has started the info file was read, its addresses too.
function withoutAddress(job: Entry, lines: readonly JobRecord[]): string[] {
  const forgotten = lines.filter(({ startedAt, mailTo }) => startedAt !== undefined && mailTo.length === 0);
  if (job.mailTo.length === 0) return [];
  return forgotten.map(({ runId }) => `${nameOf(job)} has lost its addresses in the record of ${runId}`);
}

/** By what the manager promises, and what the job's own file asks for; whom a job withdrawn on arrival is of, nobody knows. */
function isWanted({ mailOn }: Entry, { state, mailTo }: JobRecord): boolean {
  if (mailTo.length === 0) return false;
  if (state === "invalid" || mailOn === undefined) return true;
  if (mailOn === "fail") return state !== "done";
  return mailOn === "end" || mailOn === "all";
}

function compare(
  job: Entry,
  outcome: string,
  what: string,
  due: number,
  got: ReadonlySet<string> | undefined,
): string[] {
  const count = got?.size ?? 0;
  return count === due ? [] : [`${nameOf(job)} has ${count} ${what} about «${outcome}» instead of ${due}`];
}

// Many have none, as what starts and ends while no manager runs is told of by its end alone.
function startLetters(
  { letters }: Evidence,
  lines: ReadonlyMap<number | undefined, readonly JobRecord[]>,
): string[] {
  const started = byJobAndOutcome(letters.flatMap(perAddress));
  return [...started].flatMap(([key, ids]) => {
    const [id, outcome] = key.split(" ");
    const starts = lines.get(Number(id))?.filter(({ startedAt }) => startedAt !== undefined).length ?? 0;
    const isTooMany = outcome === "started" && ids.size > starts;
    return isTooMany ? [`job ${id} has ${ids.size} letters about ${starts} starts`] : [];
  });
}

function adminLetters({ letters, history }: Evidence): string[] {
  const forAdmin = letters.filter(({ to }) => to.includes(ADMIN));
  return (["lost", "invalid"] as const).flatMap((outcome) => {
    const ids = new Set(forAdmin.flatMap((letter) => (letter.outcome === outcome ? [letter.messageId] : [])));
    const due = history.filter(
      ({ state, mailTo }) => state === outcome && (state === "lost" || mailTo.length === 0),
    ).length;
    return ids.size === due ? [] : [`${ADMIN} has ${ids.size} letters about «${outcome}» instead of ${due}`];
  });
}

// Of odd names a letter shows what can be shown; a plain one has to be there as it is.
function foreignNames({ letters, history }: Evidence): string[] {
  const names = new Set(history.map(({ name }) => name));
  return letters.flatMap(({ job, messageId }) => {
    const isOdd = job === undefined || !/^[\w @-]+$/.test(job);
    return isOdd || names.has(job)
      ? []
      : [`letter ${messageId} is about ${job}, which the history does not know`];
  });
}

function perAddress({ to, messageId, outcome }: TakenLetter): RefusedLetter[] {
  return to.map((address) => ({ address, messageId, outcome }));
}

function byJobAndOutcome(letters: readonly RefusedLetter[]): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const { address, outcome, messageId } of letters) {
    const id = idOfAddress(address);
    if (id === undefined || outcome === undefined) continue;
    const key = `${id} ${outcome}`;
    ids.set(key, (ids.get(key) ?? new Set()).add(messageId));
  }
  return ids;
}

function isBad(address: string): boolean {
  return address.endsWith(`@${REFUSED_DOMAIN}`);
}

function isGood(address: string): boolean {
  return !isBad(address);
}
