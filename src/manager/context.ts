import type { Config } from "../config/config.ts";
import { describeNoRoom, errorCode, isDenied, isNoRoom, placeOf } from "../disk/error-code.ts";
import type { RecordPlace } from "../job/build-record.ts";
import type { PastRuns } from "../plan/estimates.ts";
import { userName } from "../queue/access.ts";
import type { Attempts } from "../queue/attempts/attempts.ts";
import type { History } from "../queue/books/history.ts";
import type { JobNumbers } from "../queue/books/job-numbers.ts";
import type { Admissions } from "../queue/intake/admissions.ts";
import type { QueueScan } from "../queue/intake/queue-scan.ts";
import type { Layout } from "../queue/layout.ts";
import type { NameIndex } from "../queue/shelves.ts";
import type { PinningSupport } from "../worker/process/pinning.ts";
import type { SpawnShim } from "../worker/process/spawn-shim.ts";
import type { CopyIns } from "./actions/copy-ins.ts";
import type { PostOffice } from "./letters/post-office.ts";
import type { Log } from "./log.ts";
import type { RunMemory } from "./run-memory.ts";
import type { RunScan } from "./run-scan.ts";
import type { Tenure } from "./tenure.ts";

/** All that every action needs: the tree on disk, the caches over it, the log. */
export interface Context {
  readonly layout: Layout;
  readonly place: RecordPlace;
  /** The configuration in force; changes with a reload. */
  readonly config: () => Config;
  readonly queue: QueueScan;
  readonly admissions: Admissions;
  readonly numbers: JobNumbers;
  readonly attempts: Attempts;
  readonly runScan: RunScan;
  readonly history: History;
  readonly pastRuns: PastRuns;
  readonly finishedNames: NameIndex;
  readonly lostNames: NameIndex;
  readonly pinning: PinningSupport;
  readonly memory: RunMemory;
  /** Run ids of refused jobs whose end is written down, and whose folder may not have been moved yet. */
  readonly unmoved: Set<string>;
  /** Names, folded, of jobs that are just being put away from the queue: they are no longer there and not yet elsewhere. */
  readonly leavingNames: Set<string>;
  readonly copyIns: CopyIns;
  readonly spawnShim: SpawnShim;
  readonly mail: PostOffice;
  /** Tells whether this process is still the queue's manager. */
  readonly tenure: Pick<Tenure, "confirm">;
  readonly log: Log;
  /** Asks for another pass soon. */
  readonly wake: () => void;
}

/** The result of an action. One that throws counts as refused, with the system's words. */
export type Performed =
  | { readonly kind: "done" }
  /** A later pass goes on with it: it needs more time than one should take, or the job is in the queue still or again. */
  | { readonly kind: "unfinished" }
  | { readonly kind: "refused"; readonly why: string };

/** It was done; nothing more is to be said. */
export const DONE: Performed = { kind: "done" };

/** A later pass goes on with it. */
export const UNFINISHED: Performed = { kind: "unfinished" };

/** A refusal in plain words. */
export function refused(why: string): Performed {
  return { kind: "refused", why };
}

/** An error in plain words: what the system says, and for the usual causes what can be done. */
export function explain(error: unknown): string {
  if (isNoRoom(error)) return describeNoRoom(error);
  if (isDenied(errorCode(error))) return explainDenied(error);
  return error instanceof Error ? error.message : String(error);
}

function explainDenied(error: unknown): string {
  const place = placeOf(error);
  const at = place === undefined ? "" : ` at ${place}`;
  return `the manager (user ${userName()}) lacks a permission${at} (${errorCode(error)}): give it the right, e.g. with chmod -R g+rwX`;
}
