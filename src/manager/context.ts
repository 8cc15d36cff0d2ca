import type { Config } from "../config/config.ts";
import type { Log } from "../disk/log.ts";
import type { RecordPlace } from "../job/build-record.ts";
import type { PastRuns } from "../plan/estimates.ts";
import type { Attempts } from "../queue/attempts/attempts.ts";
import type { History } from "../queue/books/history.ts";
import type { JobNumbers } from "../queue/books/job-numbers.ts";
import type { Admissions } from "../queue/intake/admissions.ts";
import type { QueueScan } from "../queue/intake/queue-scan.ts";
import type { Layout } from "../queue/layout.ts";
import type { NameIndex } from "../queue/stages.ts";
import type { CopyIns } from "./actions/copy-ins.ts";
import type { ChildCopies } from "./child-copies.ts";
import type { Fence } from "./fence.ts";
import type { PostOffice } from "./letters/post-office.ts";
import type { RunMemory } from "./run-memory.ts";
import type { RunScan } from "./run-scan.ts";
import type { Spreads } from "./spreads.ts";
import type { Tenure } from "./tenure.ts";
import type { Workers } from "./workers.ts";

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
  readonly workers: Workers;
  readonly runScan: RunScan;
  readonly history: History;
  readonly pastRuns: PastRuns;
  readonly finishedNames: NameIndex;
  readonly lostNames: NameIndex;
  readonly memory: RunMemory;
  /** Run ids of refused jobs whose end is written down, and whose folder may not have been moved yet. */
  readonly unmoved: Set<string>;
  /** Names, folded, of jobs that are just being put away from the queue: they are no longer there and not yet elsewhere. */
  readonly leavingNames: Set<string>;
  readonly copyIns: CopyIns;
  readonly spreads: Spreads;
  readonly childCopies: ChildCopies;
  readonly mail: PostOffice;
  readonly fence: Fence;
  /** Tells whether this process is still the queue's manager. */
  readonly tenure: Pick<Tenure, "confirm">;
  readonly log: Log;
  /** Asks for another pass soon. */
  readonly wake: () => void;
}

/** The result of an action. One that throws counts as refused, with the system's words. */
export type Performed =
  | { readonly kind: "done" }
  /** Another machine's word is awaited: nothing can be done before it comes. */
  | { readonly kind: "awaited" }
  /** A later pass goes on with it: it needs more time than one should take, or the job is in the queue still or again. */
  | { readonly kind: "unfinished" }
  | { readonly kind: "refused"; readonly why: string };

/** It was done; nothing more is to be said. */
export const DONE: Performed = { kind: "done" };

/** Another machine's word is awaited. */
export const AWAITED: Performed = { kind: "awaited" };

/** A later pass goes on with it. */
export const UNFINISHED: Performed = { kind: "unfinished" };

/** A refusal in plain words. */
export function refused(why: string): Performed {
  return { kind: "refused", why };
}
