import TinyQueue from "tinyqueue";
import { groupBy } from "../text/group-by.ts";
import type { BusySlot, QueuedJob } from "./schedule-input.ts";

/** The jobs of one owner at one level, in their order of admission. */
type Lane = readonly QueuedJob[];

/** The job at the front of a lane, with what it is compared by. */
interface Front {
  readonly lane: Lane;
  readonly index: number;
  readonly job: QueuedJob;
  readonly inUse: number;
}

/**
 * Yields the jobs in the order in which they are to be started: higher priority first; then, with fair share,
 * the owner with fewer processors in use; then first admitted; then by name, so that the order is always the same.
 * Fair share does not push back the job that processors are kept for: an owner's share moves with every job that ends,
 * and each such move would begin the keeping anew for somebody else.
 * `jobs` are sorted by `compareAdmission`. The taker adds to `usage` what it starts before it asks for the next
 * job, and the order follows. O(n log n) at most for n jobs, however many of them are started.
 */
export function* inStartOrder(
  jobs: readonly QueuedJob[],
  { usage, isFair }: { readonly usage: OwnerUsage; readonly isFair: boolean },
  keptFor: string | undefined,
): Generator<QueuedJob, void> {
  for (const level of levelsOf(jobs)) {
    if (!isFair || level[0]?.sentToTop === true) {
      yield* level;
      continue;
    }
    const kept = level.find(({ name }) => name === keptFor);
    if (kept !== undefined) yield kept;
    const others = level.filter((job) => job !== kept);
    yield* inFairOrder(groupBy(others, ({ owner }) => owner).values(), usage);
  }
}

/** True where two jobs compete by fair share: of the same priority, and both or neither sent to the top. */
export function areLevel(left: QueuedJob, right: QueuedJob): boolean {
  return compareLevel(left, right) === 0;
}

type Admitted = Pick<QueuedJob, "name" | "priority" | "sentToTop" | "place">;

/** The order without fair share: priority, sent to the top, place, name. */
export function compareAdmission(left: Admitted, right: Admitted): number {
  return compareLevel(left, right) || comparePlace(left, right);
}

function compareLevel(left: Admitted, right: Admitted): number {
  return right.priority - left.priority || Number(right.sentToTop ?? false) - Number(left.sentToTop ?? false);
}

/** By code units: the same on every machine, whatever its language. */
function comparePlace(left: Admitted, right: Admitted): number {
  if (left.place !== right.place) return left.place - right.place;
  if (left.name === right.name) return 0;
  return left.name < right.name ? -1 : 1;
}

function levelsOf(sorted: readonly QueuedJob[]): QueuedJob[][] {
  const levels: QueuedJob[][] = [];
  for (const job of sorted) {
    const level = levels.at(-1);
    if (level?.[0] !== undefined && areLevel(level[0], job)) level.push(job);
    else levels.push([job]);
  }
  return levels;
}

/**
 * Only the owner of the job just yielded can have come into use of more processors, and this owner has no other
 * lane here: so the other fronts keep their standing and nothing needs to be sorted again.
 */
function* inFairOrder(lanes: Iterable<Lane>, usage: OwnerUsage): Generator<QueuedJob, void> {
  const fronts = new TinyQueue<Front>([], compareFronts);
  for (const lane of lanes) pushFront(fronts, usage, lane, 0);
  for (let front = fronts.pop(); front !== undefined; front = fronts.pop()) {
    yield front.job;
    pushFront(fronts, usage, front.lane, front.index + 1);
  }
}

function pushFront(fronts: TinyQueue<Front>, usage: OwnerUsage, lane: Lane, index: number): void {
  const job = lane[index];
  if (job !== undefined) fronts.push({ lane, index, job, inUse: usage.countedAgainst(job) });
}

function compareFronts(left: Front, right: Front): number {
  return left.inUse - right.inUse || comparePlace(left.job, right.job);
}

type Share = Pick<BusySlot, "owner" | "processors" | "aheadOf">;

/** Processors in use by each owner: what fair share goes by. */
export class OwnerUsage {
  readonly #shares: Share[] = [];
  readonly #byOwner = new Map<string, number>();
  readonly #byOvertaken = new Map<string, number>();

  constructor(busy: readonly Share[]) {
    for (const slot of busy) this.add(slot);
  }

  copy(): OwnerUsage {
    return new OwnerUsage(this.#shares);
  }

  add(share: Share): void {
    this.#shares.push(share);
    increase(this.#byOwner, share.owner, share.processors);
    if (share.aheadOf !== undefined) {
      increase(this.#byOvertaken, overtakenKey(share.owner, share.aheadOf), share.processors);
    }
  }

  /** Processors that the job's owner has in use, without those that were started ahead of this very job. */
  countedAgainst(job: Pick<QueuedJob, "owner" | "name">): number {
    const inUse = this.#byOwner.get(job.owner) ?? 0;
    if (this.#byOvertaken.size === 0) return inUse;
    return inUse - (this.#byOvertaken.get(overtakenKey(job.owner, job.name)) ?? 0);
  }
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** A job's name is a folder's name: it holds no slash, so that the key is unambiguous. */
function overtakenKey(owner: string, jobName: string): string {
  return `${owner}/${jobName}`;
}
