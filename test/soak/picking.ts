import fs from "node:fs";
import path from "node:path";
import type { Stage } from "../../src/queue/layout.ts";
import { choose } from "./chance.ts";
import { lookInto, namesOn } from "./job-folders.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { World } from "./world.ts";

/** A job as it lies in a stage now. */
export interface PickedJob {
  readonly entry: LedgerEntry;
  readonly stage: Stage;
  readonly name: string;
  readonly folder: string;
  /** The run id of its record; undefined before its first run. */
  readonly runId: string | undefined;
}

/** Some job of a stage; undefined where there is none, or it has just gone. */
export function pick(world: World, stage: Stage): PickedJob | undefined {
  const { layout } = world.queue;
  const name = choose(world.random("acts"), namesOn(layout, stage));
  if (name === undefined) return undefined;
  const { id, record } = lookInto(layout, stage, name);
  const entry = id === undefined ? undefined : world.ledger.entries.get(id);
  if (entry === undefined) return undefined;
  return { entry, stage, name, folder: path.join(layout[stage], name), runId: record?.runId };
}

/** Some job that has ended, with its last run noted in the books. */
export function pickEnded(world: World): (PickedJob & { readonly runId: string }) | undefined {
  const stage = world.random("acts").next() < 0.75 ? "finished" : "lost";
  const job = pick(world, stage);
  if (job?.runId === undefined) return undefined;
  // Of two that have one name, a verb takes the first that it finds.
  const elsewhere = stage === "finished" ? "lost" : "finished";
  if (fs.existsSync(path.join(world.queue.layout[elsewhere], job.name))) return undefined;
  world.ledger.seenRuns.set(job.runId, job.entry.id);
  return { ...job, runId: job.runId };
}

/** Notes, before it is asked for, that a job is to be killed; and one of its name, which may be found in its place. */
export function noteKill(world: World, { entry, name }: PickedJob): void {
  entry.isKillAsked = true;
  for (const stage of ["queue", "running"] as const) {
    const namesake = world.ledger.entries.get(lookInto(world.queue.layout, stage, name).id ?? 0);
    if (namesake !== undefined) namesake.isKillAsked = true;
  }
}

/** A job as the command line takes it whatever it is called: by its folder. */
export function asWord({ folder }: PickedJob): string {
  return folder;
}

/** Puts a file into a job's folder; false where that has just moved on. */
export function putFile({ folder }: PickedJob, name: string, text = "somebody\n"): boolean {
  try {
    fs.writeFileSync(path.join(folder, name), text);
    return true;
  } catch {
    return false;
  }
}
