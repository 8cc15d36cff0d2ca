import { pause } from "../support/until.ts";
import { actOnce } from "./acts.ts";
import { deliverOne } from "./delivery.ts";
import type { Sample } from "./growth.ts";
import { namesOn } from "./job-folders.ts";
import { mailFault } from "./post.ts";
import { restartManager, restartPage, startLastManager, startManager, startPage } from "./restarts.ts";
import { sampleOf } from "./sampling.ts";
import { visit } from "./visitors.ts";
import type { Stream, World } from "./world.ts";

/** The part of the time in which managers die; the last one then lives for what is left, and is watched for growth. */
const RESTARTING = 0.6;

/** The least part of the time for which it lives. */
const STEADY = 0.35;

/** No more jobs are brought while so many wait. */
const MAX_WAITING = 25;
const SAMPLE_MS = 1000;

/** Collecting takes a tenth of that. */
const COLLECTING_MS = 300;

/** Samples of the last manager's and the last page's lives, without the quiet phase. */
export interface Samples {
  readonly manager: Sample[];
  readonly page: Sample[];
}

/** Everything at once, for so many milliseconds; longer where the last manager came so late that it would live too short. */
export async function runCourse(world: World, durationMs: number): Promise<Samples> {
  const startMs = performance.now();
  let endMs = Number.POSITIVE_INFINITY;
  const isOver = () => performance.now() > endMs;
  const samples: Samples = { manager: [], page: [] };
  startManager(world);
  await world.managed();
  await startPage(world);
  const parts = [
    repeat(isOver, pauses(world, "delivery", 30, 350), async () => bring(world)),
    repeat(isOver, pauses(world, "acts", 50, 400), async () => await actOnce(world)),
    repeat(isOver, pauses(world, "page", 20, 300), async () => visit(world)),
    repeat(isOver, pauses(world, "mail", 1000, 9000), async () => await spoilMail(world)),
    dieAndRise(world, startMs + RESTARTING * durationMs).then(async () => {
      endMs = Math.max(startMs + durationMs, performance.now() + STEADY * durationMs);
      await repeat(
        isOver,
        () => SAMPLE_MS,
        async () => await sample(world, samples),
      );
    }),
  ];
  await Promise.all(parts).catch(async (error: unknown) => {
    // Nothing is to go on beside the account of what has failed.
    endMs = 0;
    await Promise.allSettled(parts);
    throw error;
  });
  return samples;
}

async function repeat(isOver: () => boolean, pauseMs: () => number, act: () => Promise<void>): Promise<void> {
  while (!isOver()) {
    await pause(pauseMs());
    await act();
  }
}

/** The milliseconds between two of something; by what is drawn for it. */
function pauses(world: World, stream: Stream, low: number, high: number): () => number {
  return () => world.random(stream).between(low, high);
}

function bring(world: World): void {
  const isFull = namesOn(world.queue.layout, "queue").length >= MAX_WAITING;
  if (!isFull && !world.deliverers.isFull) world.deliverers.join(async () => await deliverOne(world));
}

async function spoilMail(world: World): Promise<void> {
  world.tally.add(`mail server: ${await mailFault(world.post, world.random("mail"))}`);
}

async function dieAndRise(world: World, endMs: number): Promise<void> {
  const isOver = () => performance.now() > endMs;
  await repeat(isOver, pauses(world, "restarts", 200, 5000), async () => await restartManager(world));
  await world.actTurn.take(async () => {
    world.isSteady = true;
    await restartPage(world);
  });
  await startLastManager(world);
}

async function sample({ manager, page }: World, samples: Samples): Promise<void> {
  for (const watched of [manager, page]) watched?.collectGarbage();
  await pause(COLLECTING_MS);
  const [ofManager, ofPage] = [sampleOf(manager?.pid ?? 0), sampleOf(page?.pid ?? 0)];
  if (ofManager !== undefined) samples.manager.push(ofManager);
  if (ofPage !== undefined) samples.page.push(ofPage);
}
