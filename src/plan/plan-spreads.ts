import type { JobInfo } from "../job/job-info.ts";
import type { ChildEnd, EndedChild } from "../job/spread.ts";
import type { Action } from "./action.ts";
import { describeNowhere } from "./nowhere.ts";
import { placeOf, type RunRules } from "./plan-runs.ts";
import type { Gate } from "./schedule-input.ts";
import type { Child, Snapshot, Spread, Waiting } from "./snapshot.ts";
import { demandOf, fits, type Worker } from "./worker.ts";

/** The workers on which a job is to run once each, or the reason why it waits. */
type Destinations =
  | { readonly kind: "workers"; readonly workers: readonly string[] }
  | { readonly kind: "none"; readonly why: string };

/** The workers that fit a job now. One that was not heard of yet since the manager's start may be one of them: it is waited for. */
export function destinationsOf(info: JobInfo, workers: readonly Worker[]): Destinations {
  const demand = demandOf(info);
  const fitting = workers.filter((worker) => fits(demand, worker));
  const awaited = fitting.find(({ hearing }) => hearing === "awaited");
  if (awaited !== undefined)
    return { kind: "none", why: `it is not known yet whether ${awaited.name} is there` };
  const open = fitting.filter(({ closed }) => closed === undefined).map(({ name }) => name);
  if (open.length === 0) return { kind: "none", why: describeNowhere(demand, info.processors, workers) };
  return { kind: "workers", workers: open.toSorted() };
}

/** The actions for the jobs that run on all workers: those that wait, where the gate is open, and those that are claimed. */
export function planSpreads(snapshot: Snapshot, rules: RunRules, gate: Gate): Action[] {
  const going = snapshot.spreads.flatMap((spread) => planSpread(spread, snapshot, rules) ?? []);
  return gate.kind === "open" ? [...going, ...planBeginnings(snapshot)] : going;
}

// A loop, as almost none of ten thousand entries gives an action.
function planBeginnings({ queue, spreads, runs, workers }: Snapshot): Action[] {
  const actions: Action[] = [];
  for (const entry of queue) {
    if (entry.kind !== "waiting" || entry.info.runOnAll !== true || !isFree(entry)) continue;
    if ([...runs, ...spreads].some(({ name }) => name === entry.name)) continue;
    const to = destinationsOf(entry.info, workers);
    if (to.kind === "workers") actions.push({ kind: "spread", name: entry.name, workers: to.workers });
  }
  return actions;
}

function isFree({ held, killRequested, reassignRequested }: Waiting): boolean {
  return !held && !killRequested && !reassignRequested;
}

function planSpread(spread: Spread, snapshot: Snapshot, rules: RunRules): Action | undefined {
  const { name, end, verified, children } = spread;
  const place = placeOf(spread, rules);
  if (place === "missed") return undefined;
  if (place === "gone" && !verified) return { kind: "tend_spread", name, step: "abandon" };
  const ended = endedOf(spread, snapshot, rules);
  if (ended.length === children.length) return { kind: "finish_spread", name, children: ended };
  if (end !== undefined) return planKill(spread);
  if (place === "gone") return { kind: "end_spread", name, by: "whoever took its folder out of QM_Jobs" };
  if (spread.killRequested) return { kind: "end_spread", name };
  if (!verified) return { kind: "tend_spread", name, step: "verify" };
  const isUnmade = children.some((child) => child.name === undefined);
  return isUnmade && rules.mode === "run" ? { kind: "tend_spread", name, step: "make_child" } : undefined;
}

function planKill({ name, children }: Spread): Action | undefined {
  const isToKill = children.some(({ isUntroubled }) => isUntroubled);
  return isToKill ? { kind: "tend_spread", name, step: "kill_children" } : undefined;
}

function endedOf(spread: Spread, { isLookedThrough }: Snapshot, rules: RunRules): EndedChild[] {
  return spread.children.flatMap((child) => {
    const end = endOf(child, spread, isLookedThrough ? rules : undefined);
    return end === undefined ? [] : [{ name: child.name ?? child.worker, end }];
  });
}

/** @param rules absent while a child may lie in a part of the queue that was not looked at yet */
function endOf(child: Child, { end }: Spread, rules: RunRules | undefined): ChildEnd | undefined {
  if (child.end !== undefined) return child.end;
  if (child.name === undefined)
    return end && { state: "killed", reason: `killed by ${end.by} before it was made`, killedBy: end.by };
  const isGone =
    rules !== undefined &&
    placeOf({ folderPresent: child.missedSeconds === 0, missedSeconds: child.missedSeconds }, rules) ===
      "gone";
  return isGone ? { state: "lost", reason: "its folder is gone, and no record tells of its end" } : undefined;
}
