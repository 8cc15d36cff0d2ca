import { counted, listedFew } from "../text/quantity.ts";
import { describeRoom, type RoomLeft, type WaitReason } from "./reasons.ts";
import type { Choice } from "./schedule.ts";
import type { WaitingPlace } from "./waiting-places.ts";
import type { Worker } from "./worker.ts";
import type { WorkerRoom } from "./worker-room.ts";

/** The processors that nobody has on each worker that is given jobs, by its name; `taken` are those of runs and starts. */
export function idleOn(
  workers: readonly Worker[],
  taken: readonly { readonly worker: string; readonly processors: number }[],
): ReadonlyMap<string, number> {
  const open = workers.filter(({ closed }) => closed === undefined);
  return new Map(
    open.map(({ name, processors }) => {
      const there = taken.filter(({ worker }) => worker === name);
      const used = there.reduce((sum, slot) => sum + slot.processors, 0);
      return [name, Math.max(0, processors - used)];
    }),
  );
}

/**
 * The reason why processors are idle while jobs wait, as a sentence without its full stop: "3 processors are kept for fit-004, which needs 4;
 * …". Names are given as they are, and escaped where they are shown. Undefined where none is idle, or none waits.
 * @param idle processors that neither a run nor a job just being started has, by their worker
 */
export function explainIdle(
  idle: ReadonlyMap<string, number>,
  places: readonly WaitingPlace[],
  reservation: Choice["reservation"],
): string | undefined {
  const [first] = places;
  const all = [...idle.values()].reduce((sum, processors) => sum + processors, 0);
  if (all < 1 || first === undefined) return undefined;
  const kept = reservation === undefined ? 0 : keptIn(reservation.room, idle);
  if (reservation === undefined || kept < 1) return `${processorsAre(all)} idle: ${whyNone(first, places)}`;
  const { holder, needed, startSeconds } = reservation;
  const where = Number.isFinite(startSeconds) ? "" : " where the running jobs have one too";
  const on = idle.size === 1 ? undefined : reservation.room.worker.name;
  return `${processorsAre(kept, on)} kept for ${holder}, which needs ${needed}; short jobs with a time_limit may go first${where}`;
}

// A job waits for no processors while `Max_Jobs` is reached.
function keptIn({ worker, freeJobs }: WorkerRoom, idle: ReadonlyMap<string, number>): number {
  return freeJobs < 1 ? 0 : (idle.get(worker.name) ?? 0);
}

function processorsAre(count: number, on?: string): string {
  return `${counted(count, "processor")}${on === undefined ? "" : ` of ${on}`} ${count === 1 ? "is" : "are"}`;
}

/** The jobs that cannot start at all come last: where the first is one, all are. */
function whyNone({ name, reason }: WaitingPlace, places: readonly WaitingPlace[]): string {
  switch (reason.kind) {
    case "paused":
      return "the queue is paused";
    case "low_disk":
      return "the disk is too full for jobs to start";
    case "low_inodes":
      return "the disk has no room for the files of new jobs";
    case "looking_through":
      return "the manager is looking through the queue";
    case "draining":
      return "the manager is stopping";
    case "one_at_a_time":
      return "one job runs at a time (launch_type = blocking)";
    // None is first in line for this reason.
    case "would_delay":
      return `${name} must not delay ${reason.head}`;
    case "held":
    case "obstacle":
    case "nowhere":
      return whyAllAreStuck(places.map((place) => place.reason));
    default:
      if (areFull(reason.rooms)) return listedFew(reason.rooms.map(describeRoom));
      return `${name}, which is first in line, needs ${reason.needed}, and no other job that waits fits`;
  }
}

function areFull(rooms: readonly RoomLeft[] | undefined): rooms is readonly RoomLeft[] {
  return rooms?.every(({ maxJobs }) => maxJobs !== undefined) ?? false;
}

function whyAllAreStuck(reasons: readonly WaitReason[]): string {
  const jobs = reasons.length === 1 ? "the one job that waits" : `all ${reasons.length} jobs that wait`;
  const whys = new Set(reasons.map((reason) => ("why" in reason ? reason.why : reason.kind)));
  const [why = ""] = whys;
  if (why === "held" && whys.size === 1) return `${jobs} ${reasons.length === 1 ? "is" : "are"} held`;
  const held = reasons.filter(({ kind }) => kind === "held").length;
  const others = reasons.length - held;
  if (held > 0)
    return `of ${reasons.length} jobs that wait ${held} ${held === 1 ? "is" : "are"} held and ${others} cannot be started`;
  return `${jobs} cannot be started${whys.size === 1 ? `: ${why}` : ""}`;
}
