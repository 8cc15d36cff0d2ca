import fs from "node:fs";
import { foldName, freeName } from "../../job/names.ts";
import type { JobRecord } from "../../job/record.ts";
import { identityOf } from "../../queue/intake/arrival.ts";
import { type Move, moveJob } from "../../queue/move.ts";
import { listJobNames } from "../../queue/stages.ts";
import type { Context } from "../context.ts";

/**
 * The name for a job of the queue that is taken in none of the four folders, the wanted one if that is free.
 * @param own the name that it has in the queue now
 */
export function freeNameOf(context: Context, name: string, own = name): string {
  return freeName(name, (folded) => isTaken(context, own, folded));
}

/** Gives a folder in the queue a name that is taken in none of the four folders, its own if that is free and UTF-8. */
export function giveName(context: Context, from: string | Buffer, name: string): Move {
  const free = freeNameOf(context, name);
  if (free === name && typeof from === "string") return { kind: "moved", name };
  const moved = moveJob(from, context.layout.queue, free);
  if (moved.kind === "moved") tellRenamed(context, name, moved.name);
  return moved;
}

// A name that is free and yet was not kept has been read as Latin-1.
function tellRenamed({ log }: Context, from: string, name: string): void {
  if (from === name) log.info("job renamed to UTF-8, as its name was Latin-1", { job: name });
  else log.info("job renamed, as its name is taken", { from, job: name });
}

function isTaken(context: Context, own: string, folded: string): boolean {
  const { queue, layout, finishedNames, lostNames, leavingNames } = context;
  if (finishedNames.has(folded) || lostNames.has(folded) || leavingNames.has(folded)) return true;
  if (listJobNames(layout.running).some((name) => foldName(name) === folded)) return true;
  return queue.isNameOwnedByAnother(folded, own);
}

/** The number of the job in a folder: its own where it has run before and is no copy, else the next one. */
export function keepOrGiveNumber(
  context: Context,
  folder: string,
  before: JobRecord | undefined,
): number | undefined {
  const isOwn = before?.folderIdentity === identityOf(fs.lstatSync(folder));
  return (isOwn ? before.number : undefined) ?? context.numbers.next();
}
