import fs from "node:fs";
import path from "node:path";
import { launchSchema } from "../../src/job/launch.ts";
import { parseJson } from "../../src/text/parse-json.ts";
import { readStart } from "../../src/worker/process/attempt-records.ts";
import { isAlive } from "../../src/worker/process/identity.ts";
import { pause } from "../support/until.ts";
import { choose } from "./chance.ts";
import { idIn } from "./evidence.ts";
import { namesOn } from "./job-folders.ts";
import { asWord, noteKill, pick, putFile } from "./picking.ts";
import type { Act, World } from "./world.ts";

/** No more jobs are held at a time, so that the others are not all waiting. */
const MAX_HELD = 6;

/** Requests of people by files, or with the verbs that leave such files. */
export const REQUEST_ACTS: readonly Act[] = [
  { act: "QM_KILL to a running job", weight: 5, perform: async (world) => kill(world, "running") },
  { act: "QM_KILL to a waiting or arriving job", weight: 4, perform: async (world) => kill(world, "queue") },
  { act: "qm kill", weight: 2, perform: killByVerb },
  { act: "QM_HOLD", weight: 4, perform: async (world) => hold(world) },
  { act: "QM_HOLD taken away", weight: 5, perform: async (world) => release(world) },
  { act: "QM_TOP", weight: 4, perform: async (world) => top(world) },
  { act: "QM_PAUSE for a while", weight: 2, perform: async (world) => pauseForAWhile(world) },
  { act: "a supervisor killed", weight: 2, perform: async (world) => killSupervisor(world) },
];

function kill(world: World, stage: "running" | "queue"): boolean {
  const job = pick(world, stage);
  if (job === undefined) return false;
  // Noted before: once the file is there it may be over any moment.
  noteKill(world, job);
  return putFile(job, "QM_KILL");
}

async function killByVerb(world: World): Promise<boolean> {
  const job = pick(world, "running");
  if (job === undefined) return false;
  noteKill(world, job);
  // 3 and 4: it has ended meanwhile; 5: no manager runs just now; 1: it moved on under the hand.
  const { code, stderr } = await world.program.run("kill", "--yes", "--", asWord(job));
  if (![0, 1, 3, 4, 5].includes(Number(code))) world.trouble(`qm kill ended with ${code}: ${stderr}`);
  return true;
}

function hold(world: World): boolean {
  if (heldFiles(world).length >= MAX_HELD) return false;
  const job = pick(world, "queue");
  return job !== undefined && putFile(job, "QM_HOLD");
}

function release(world: World): boolean {
  const file = choose(world.random("acts"), heldFiles(world));
  if (file === undefined) return false;
  fs.rmSync(file, { force: true });
  return true;
}

function top(world: World): boolean {
  const job = pick(world, "queue");
  return job !== undefined && putFile(job, "QM_TOP");
}

function pauseForAWhile(world: World): boolean {
  const ms = world.random("acts").between(300, 3000);
  const file = path.join(world.queue.layout.root, "QM_PAUSE");
  fs.writeFileSync(file, "");
  world.errands.join(async () => {
    await pause(ms);
    fs.rmSync(file, { force: true });
  });
  return true;
}

/** As the system does it when memory runs out: the shim of some attempt gets a SIGKILL. */
function killSupervisor(world: World): boolean {
  const workers = path.join(world.queue.layout.state, "workers", "here");
  const attempt = choose(world.random("acts"), world.queue.attempts());
  if (attempt === undefined) return false;
  try {
    const folder = path.join(workers, attempt);
    const launch = parseJson(launchSchema, fs.readFileSync(path.join(folder, "launch.json"), "utf8"));
    const start = readStart(folder);
    const entry = world.ledger.entries.get(idIn(launch?.info ?? { description: "", mailTo: [] }) ?? 0);
    if (entry === undefined || start.kind !== "started" || !isAlive(start.shim)) return false;
    entry.isSupervisorKilled = true;
    process.kill(start.shim.pid, "SIGKILL");
    return true;
  } catch {
    // It has ended, or not begun.
    return false;
  }
}

/** The requests by which jobs are held now. */
export function heldFiles({ queue: { layout } }: World): string[] {
  return namesOn(layout, "queue")
    .map((name) => path.join(layout.queue, name, "QM_HOLD"))
    .filter((file) => fs.existsSync(file));
}
