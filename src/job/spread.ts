import * as z from "zod";
import { counted, listedFew } from "../text/quantity.ts";
import type { ChildOf } from "./child-of.ts";
import type { JobInfo } from "./job-info.ts";
import { isIgnoredName } from "./names.ts";
import type { Outcome } from "./outcome.ts";
import { reassignedInfo } from "./reassignment.ts";
import { type JobRecord, OUTCOMES } from "./record.ts";

/** The form of {@link ChildEnd}. */
export const childEndSchema = z.object({
  state: z.enum(OUTCOMES),
  reason: z.string(),
  killedBy: z.string().exactOptional(),
  exitCode: z.number().exactOptional(),
  signal: z.string().exactOptional(),
});

/** The end of a child of a job that runs on all workers. */
export type ChildEnd = z.infer<typeof childEndSchema>;

/** A child with its end. */
export interface EndedChild {
  readonly name: string;
  readonly end: ChildEnd;
}

/** The part of a child's record that counts for the job that it is a child of. */
export function endOfRecord({ state, reason, killedBy, exitCode, signal }: JobRecord): ChildEnd | undefined {
  if (state === "running") return undefined;
  return {
    state,
    reason,
    ...(killedBy === undefined ? {} : { killedBy }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The demands of a child: it runs on its worker alone. */
export function infoOfChild(info: JobInfo, childOf: ChildOf | undefined): JobInfo {
  if (childOf === undefined) return info;
  const { runOnAll: _all, ...others } = reassignedInfo(info, { worker: childOf.worker });
  return { ...others, childOf };
}

/** The name that a child is to have; one that no scan takes for a job's gets an ending. */
export function childName(name: string, worker: string): string {
  const wanted = `${name}.${worker}`;
  return isIgnoredName(wanted) ? `${wanted}.job` : wanted;
}

/** From the best end to the worst. */
const BY_BADNESS: readonly ChildEnd["state"][] = ["done", "killed", "timed_out", "failed", "invalid", "lost"];

/**
 * The outcome of a job that runs on all workers: the worst of its children's ends. A child that could not run at all counts as lost.
 * @param limitSeconds the time limit of each child
 */
export function outcomeOfSpread(children: readonly EndedChild[], limitSeconds = 0): Outcome {
  const ends = children.map(({ end }) => end);
  const badness = ({ state }: ChildEnd) => BY_BADNESS.indexOf(state);
  const worst = ends.reduce((bad, end) => (badness(end) > badness(bad) ? end : bad));
  const exit = {
    exitCode: worst.exitCode ?? 1,
    ...(worst.signal === undefined ? {} : { signal: worst.signal }),
  };
  switch (worst.state) {
    case "done":
      return { kind: "done" };
    case "killed":
      return { kind: "killed", by: worst.killedBy ?? "somebody" };
    case "timed_out":
      return { kind: "timed_out", limitSeconds };
    case "failed":
      return { kind: "failed", ...exit };
    default:
      return { kind: "lost", why: describeSpreadEnd(children) };
  }
}

/** The end of such a job in words, with each child that was not done. */
export function describeSpreadEnd(children: readonly EndedChild[]): string {
  const bad = children.filter(({ end }) => end.state !== "done");
  const workers = counted(children.length, "worker");
  if (bad.length === 0) return `done on ${workers}`;
  const told = bad.map(({ name, end }) => `${name}: ${describeChildEnd(end)}`);
  return `done on ${children.length - bad.length} of ${workers}; ${listedFew(told, "; ")}`;
}

function describeChildEnd({ state, reason }: ChildEnd): string {
  const word = state.replace("_", " ");
  return reason.startsWith(word) ? reason : `${word}, ${reason}`;
}
