import { parseArgs } from "node:util";
import { audit } from "./audit.ts";
import { runCourse } from "./course.ts";
import { gatherEvidence } from "./gather.ts";
import { auditGrowth, growthOf } from "./growth.ts";
import { becomeQuiet } from "./quiet.ts";
import { finalReport, progressLine } from "./report.ts";
import { World } from "./world.ts";

/*
 * A queue at work for some minutes, with everything going wrong that can: `run.ts --minutes 30 --seed 7`. Afterwards all
 * is counted: what was delivered, what the jobs' scripts told, the folders, the records, the history, the letters. The
 * seed repeats the choices; what comes of them depends on the machine's pace.
 */

/** Visitors come and go, each with a connection or two; what the idle page holds is compared strictly. */
const PAGE_HANDLES = 30;
const PROGRESS_MS = 10_000;
/** As many as are worth reading; the first ones mostly explain the others. */
const MAX_TOLD = 100;

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
process.exitCode = await soak(Number(values.minutes ?? 30), Number(values.seed ?? Date.now() % 1_000_000));

async function soak(minutes: number, seed: number): Promise<number> {
  tell(`soak: ${minutes} minutes, seed ${seed}`);
  const world = await World.open(seed);
  const startedMs = performance.now();
  const timer = setInterval(() => tell(progressLine(world, performance.now() - startedMs)), PROGRESS_MS);
  const wrong = await judge(world, minutes)
    .catch((error: unknown) => [
      `the soak itself has failed: ${error instanceof Error ? error.stack : String(error)}`,
    ])
    .finally(() => clearInterval(timer));
  await world.post.goDown();
  if (wrong.length === 0) {
    await world.queue.close();
    tell("all accounted for");
    return 0;
  }
  world.endProcesses();
  for (const line of wrong.slice(0, MAX_TOLD)) tell(`! ${line}`);
  if (wrong.length > MAX_TOLD) tell(`! and ${wrong.length - MAX_TOLD} more`);
  tell(`${wrong.length} discrepancies; seed ${seed}; the queue is kept in ${world.queue.base}`);
  return 1;
}

async function judge(world: World, minutes: number): Promise<string[]> {
  const samples = await runCourse(world, minutes * 60_000);
  await becomeQuiet(world);
  const evidence = gatherEvidence(world);
  const growth = { manager: growthOf(samples.manager), page: growthOf(samples.page) };
  tell(finalReport(world, evidence, growth));
  return [
    ...world.troubles,
    ...audit(evidence),
    ...auditGrowth("the manager", growth.manager),
    ...auditGrowth("the page", growth.page, PAGE_HANDLES),
  ];
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}
