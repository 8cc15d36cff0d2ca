import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { Random } from "../support/random.ts";
import { pause } from "../support/until.ts";
import { draw, happens, type Weighted } from "./chance.ts";
import { SETTLE_SECONDS } from "./configuration.ts";
import { makeJob, type NewJob } from "./new-job.ts";
import type { World } from "./world.ts";

interface Way extends Weighted {
  readonly way: string;
  /** Resolves to false where the job was not delivered. */
  readonly deliver: (world: World, job: NewJob, random: Random) => Promise<boolean>;
}

const BY_RENAME: Way = { way: "renamed", weight: 5, deliver: rename };

/** Ways in which people bring their jobs. A copy needs a name of its own, as a copy would go into a folder that is there. */
const WAYS: readonly Way[] = [
  BY_RENAME,
  { way: "renamed with QM_READY", weight: 4, deliver: renameReady },
  { way: "cp -r", weight: 4, deliver: copyAtOnce },
  { way: "copied with pauses", weight: 3, deliver: copyHalting },
  { way: "copied under another name", weight: 2, deliver: copyHidden },
  { way: "qm submit", weight: 3, deliver: submit },
];

/** Makes a job and brings it into the queue in some way. */
export async function deliverOne(world: World): Promise<void> {
  const job = makeJob(world);
  // One of its own: several deliveries go on at a time.
  const random = new Random(world.random("delivery").between(0, 0xffff_ffff));
  const drawn = draw(random, WAYS);
  const way = job.collides ? BY_RENAME : drawn;
  const isDelivered = await way.deliver(world, job, random);
  job.entry.isDelivered = isDelivered;
  if (isDelivered) world.tally.add(`delivered: ${way.way}`);
  else world.ledger.strike(job.entry.id);
  fs.rmSync(job.folder, { recursive: true, force: true });
}

async function rename(world: World, job: NewJob): Promise<boolean> {
  try {
    fs.renameSync(job.folder, target(world, job));
    return true;
  } catch {
    // One of that name is in the queue just now.
    return false;
  }
}

async function renameReady(world: World, job: NewJob): Promise<boolean> {
  fs.writeFileSync(path.join(job.folder, "QM_READY"), "");
  return await rename(world, job);
}

async function copyAtOnce(world: World, job: NewJob): Promise<boolean> {
  const startedMs = performance.now();
  const copying = spawn("cp", ["-r", "--", job.folder, target(world, job)], { stdio: "ignore" });
  const [code] = await once(copying, "exit");
  noteHalt(job, performance.now() - startedMs);
  if (code !== 0) job.entry.wasHalting = true;
  return true;
}

async function copyHalting(world: World, job: NewJob, random: Random): Promise<boolean> {
  const to = target(world, job);
  const names = fs.readdirSync(job.folder);
  let lastMs = performance.now();
  fs.mkdirSync(to);
  for (const name of names) {
    await pause(random.between(20, 250));
    noteHalt(job, performance.now() - lastMs);
    lastMs = performance.now();
    copyIfThere(job, name, to);
  }
  noteHalt(job, performance.now() - lastMs);
  return true;
}

async function copyHidden(world: World, job: NewJob, random: Random): Promise<boolean> {
  const to = target(world, job);
  const hidden = `${to}.part`;
  fs.mkdirSync(hidden);
  for (const name of fs.readdirSync(job.folder)) {
    await pause(random.between(20, 800));
    copyIfThere(job, name, hidden);
  }
  fs.renameSync(hidden, to);
  return true;
}

async function submit(world: World, job: NewJob, random: Random): Promise<boolean> {
  const { entry, folder } = job;
  const unchecked = entry.end === "invalid" ? ["--no-check"] : [];
  const held = happens(random, 0.1) ? ["--hold"] : [];
  // Options begin with a dash, and so does one of the odd names.
  const words = ["submit", ...unchecked, ...held, `--name=${entry.name}`, folder];
  const { code, stderr } = await world.program.run(...words);
  if (code !== 0) world.trouble(`qm submit of job ${entry.id} ended with ${code}: ${stderr}`);
  return code === 0;
}

function target({ queue }: World, { entry }: NewJob): string {
  return path.join(queue.layout.queue, entry.name);
}

/** Whoever pauses for nearly the settle time may find the job gone before it is whole: so it is said, and so be it. */
function noteHalt({ entry }: NewJob, ms: number): void {
  if (ms > SETTLE_SECONDS * 700) entry.wasHalting = true;
}

/** A job that is killed while it arrives goes away with what it has got so far. */
function copyIfThere({ entry, folder }: NewJob, name: string, to: string): void {
  try {
    fs.copyFileSync(path.join(folder, name), path.join(to, name));
  } catch {
    entry.wasHalting = true;
  }
}
