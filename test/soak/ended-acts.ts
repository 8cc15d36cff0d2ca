import fs from "node:fs";
import path from "node:path";
import { happens } from "./chance.ts";
import { soundOptions, writeInfo } from "./new-job.ts";
import { asWord, type PickedJob, pickEnded } from "./picking.ts";
import type { Act, World } from "./world.ts";

/** Acts of people on jobs that have ended. */
export const ENDED_ACTS: readonly Act[] = [
  { act: "moved back by hand", weight: 6, perform: async (world) => moveBack(world) },
  { act: "qm redo", weight: 3, perform: redo },
  { act: "qm delete", weight: 2, perform: remove },
];

function moveBack(world: World): boolean {
  const job = pickEnded(world);
  if (job === undefined) return false;
  if (happens(world.random("acts"), 0.7)) mend(job);
  try {
    fs.renameSync(job.folder, path.join(world.queue.layout.queue, job.name));
  } catch {
    // A newcomer of that name is in the queue.
    return false;
  }
  job.entry.redone.push(job.runId);
  return true;
}

async function redo(world: World): Promise<boolean> {
  const job = pickEnded(world);
  if (job === undefined) return false;
  const clean = happens(world.random("acts"), 0.3) ? ["--clean"] : [];
  const { code, stderr } = await world.program.run("redo", ...clean, "--", asWord(job));
  if (code === 0) job.entry.redone.push(job.runId);
  // 4: refused, as for a clean start something is missing.
  else if (code !== 4) world.trouble(`qm redo of job ${job.entry.id} ended with ${code}: ${stderr}`);
  return code === 0;
}

async function remove(world: World): Promise<boolean> {
  const job = pickEnded(world);
  if (job === undefined) return false;
  const { code, stderr } = await world.program.run("delete", "--yes", "--", asWord(job));
  if (code === 0) job.entry.deletedAfter = job.runId;
  else world.trouble(`qm delete of job ${job.entry.id} ended with ${code}: ${stderr}`);
  return true;
}

/** Puts right what is wrong with a job's info file, as its status text asks for. */
function mend({ entry, folder }: PickedJob): void {
  if (entry.end !== "invalid") return;
  writeInfo(folder, soundOptions(entry));
  entry.isMended = true;
}
