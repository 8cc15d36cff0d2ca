import type { JobRecord } from "../../src/job/record.ts";
import type { Stage } from "../../src/queue/layout.ts";
import { groupBy } from "./groups.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Told } from "./told.ts";

/** A job's folder as it lies there in the end. */
export interface FoundFolder {
  readonly stage: Stage;
  readonly name: string;
  /** By the file that every job carries; undefined for a folder that is none of ours. */
  readonly id: number | undefined;
  readonly record: JobRecord | undefined;
  /** Files that ask for something and are still there. */
  readonly requests: readonly string[];
}

/** A letter as the mail server took it. */
export interface TakenLetter {
  readonly to: readonly string[];
  readonly messageId: string;
  /** `X-QM-Job` and `X-QM-Outcome`; undefined in letters about something else. */
  readonly job: string | undefined;
  readonly outcome: string | undefined;
}

/** A letter that was given up, by one address that did not get it. */
export interface RefusedLetter {
  readonly address: string;
  readonly messageId: string;
  readonly outcome: string | undefined;
}

/** From when on how many processors were allowed; seconds since boot. */
export interface AllowedProcessors {
  readonly sinceUptimeSeconds: number;
  readonly processors: number;
}

/** Everything by which the soak is judged. */
export interface Evidence {
  readonly jobs: readonly Readonly<LedgerEntry>[];
  readonly seenRuns: ReadonlyMap<string, number>;
  readonly folders: readonly FoundFolder[];
  readonly history: readonly JobRecord[];
  /** Lines of the history's file that are no records. */
  readonly strangeLines: readonly string[];
  readonly told: readonly Told[];
  readonly letters: readonly TakenLetter[];
  readonly refusedLetters: readonly RefusedLetter[];
  readonly allowed: readonly AllowedProcessors[];
  /** Milliseconds since 1970 when the clock since boot stood at zero. */
  readonly bootedAtMs: number;
  /** Things that lie or run where nothing ought to. */
  readonly leftovers: readonly string[];
}

/** The lines of the history about each job, oldest first; under `undefined` those of which nobody knows whose they are. */
export function linesByJob({ history, seenRuns }: Evidence): Map<number | undefined, JobRecord[]> {
  return groupBy(history, (line) => seenRuns.get(line.runId) ?? idIn(line));
}

/** The job that a record is about, by what its info file says. */
export function idIn({ description, mailTo }: Pick<JobRecord, "description" | "mailTo">): number | undefined {
  const found = /^soak (\d+)$/.exec(description) ?? /^job(\d+)@/.exec(mailTo[0] ?? "");
  return found === null ? undefined : Number(found[1]);
}

/** The job that an address is of. */
export function idOfAddress(address: string): number | undefined {
  const found = /^job(\d+)@/.exec(address);
  return found === null ? undefined : Number(found[1]);
}
