import { counted } from "../text/quantity.ts";
import type { WaitReason } from "./reasons.ts";
import type { Choice } from "./schedule.ts";
import type { WaitingPlace } from "./waiting-places.ts";

/**
 * The reason why processors are idle while jobs wait, as a sentence without its full stop: "3 processors are kept for fit-004, which needs 4;
 * …". Names are given as they are, and escaped where they are shown. Undefined where none is idle, or none waits.
 * @param idle processors that neither a run nor a job just being started has
 */
export function explainIdle(
  idle: number,
  places: readonly WaitingPlace[],
  reservation: Choice["reservation"],
): string | undefined {
  const [first] = places;
  if (idle < 1 || first === undefined) return undefined;
  const processors = `${counted(idle, "processor")} ${idle === 1 ? "is" : "are"}`;
  if (reservation === undefined) return `${processors} idle: ${whyNone(first, places)}`;
  const { holder, needed, startSeconds } = reservation;
  const where = Number.isFinite(startSeconds) ? "" : " where the running jobs have one too";
  return `${processors} kept for ${holder}, which needs ${needed}; short jobs with a time_limit may go first${where}`;
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
    case "held":
    case "obstacle":
      return whyAllAreStuck(places.map((place) => place.reason));
    default:
      return `${name}, which is first in line, needs ${reason.needed}, and no other job that waits fits`;
  }
}

function whyAllAreStuck(reasons: readonly WaitReason[]): string {
  const jobs = reasons.length === 1 ? "the one job that waits" : `all ${reasons.length} jobs that wait`;
  const whys = new Set(reasons.map((reason) => (reason.kind === "obstacle" ? reason.why : reason.kind)));
  const [why = ""] = whys;
  if (why === "held" && whys.size === 1) return `${jobs} ${reasons.length === 1 ? "is" : "are"} held`;
  const held = reasons.filter(({ kind }) => kind === "held").length;
  const others = reasons.length - held;
  if (held > 0)
    return `of ${reasons.length} jobs that wait ${held} ${held === 1 ? "is" : "are"} held and ${others} cannot be started`;
  return `${jobs} cannot be started${whys.size === 1 ? `: ${why}` : ""}`;
}
