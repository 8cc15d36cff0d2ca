import fs from "node:fs";
import path from "node:path";
import { pause, until } from "../support/until.ts";
import { namesOn } from "./job-folders.ts";
import { lettersWaiting } from "./leftovers.ts";
import type { Running } from "./program.ts";
import { heldFiles } from "./request-acts.ts";
import { expectGoodEnd } from "./restarts.ts";
import { sampleOf } from "./sampling.ts";
import { ask } from "./web-client.ts";
import type { World } from "./world.ts";

/** For jobs that wait, on a busy machine. */
const DRAIN_MS = 300_000;
/** For one letter to go, of as many as have gathered while the mail server was ill. */
const LETTER_MS = 60_000;

/** So many more handles than a newcomer a process may hold that has nothing to do. */
const MAX_MORE_HANDLES = 4;

/** Lets everything come to its end: no more faults, nothing held, all letters out, every process of the program gone. */
export async function becomeQuiet(world: World): Promise<void> {
  await world.deliverers.allLeft();
  await world.errands.allLeft();
  await world.visitors.allLeft();
  world.configure({});
  await world.post.comeUp();
  fs.rmSync(path.join(world.queue.layout.root, "QM_PAUSE"), { force: true });
  for (const running of [world.manager, world.page])
    if (running?.ended !== undefined) world.trouble(`qm ${running.what} ended by itself: ${running.said}`);
  await drain(world);
  await sendLetters(world);
  await compareHandles(world);
}

async function drain(world: World): Promise<void> {
  const { layout } = world.queue;
  const left = () => [...namesOn(layout, "queue"), ...namesOn(layout, "running"), ...world.queue.attempts()];
  const isDrained = () => {
    for (const file of heldFiles(world)) fs.rmSync(file, { force: true });
    return left().length === 0;
  };
  await until("the end of all jobs", isDrained, { timeoutMs: DRAIN_MS, pollMs: 200 }).catch(() =>
    world.trouble(
      `not all jobs came to an end: ${left().join(", ")}; ${JSON.stringify(world.queue.status())}`,
    ),
  );
}

async function sendLetters(world: World): Promise<void> {
  let waiting = lettersWaiting(world.queue).length;
  let deadlineMs = performance.now() + LETTER_MS;
  while (waiting > 0 && performance.now() < deadlineMs) {
    const { code, stderr } = await world.program.run("mail", "send");
    if (code !== 0) world.trouble(`qm mail send ended with ${code}: ${stderr}`);
    await pause(1000);
    const left = lettersWaiting(world.queue).length;
    if (left < waiting) deadlineMs = performance.now() + LETTER_MS;
    waiting = left;
  }
}

/** Idle, the old processes hold no more handles than new ones; then all of them end as they should. */
async function compareHandles(world: World): Promise<void> {
  const old = { manager: handlesOf(world.manager), page: handlesOf(world.page) };
  world.manager?.signal("SIGTERM");
  await expectGoodEnd(world);
  await endPage(world);
  world.manager = world.program.begin("daemon");
  world.page = world.program.begin("web");
  await world.managed();
  const url = await until("the page's start", () => world.pageUrl, { timeoutMs: 60_000 });
  await ask(url, "/");
  await pause(1000);
  expectNoMore(world, "daemon", old.manager, handlesOf(world.manager));
  expectNoMore(world, "page", old.page, handlesOf(world.page));
  world.manager.signal("SIGTERM");
  await expectGoodEnd(world);
  await endPage(world);
}

function expectNoMore(world: World, what: string, old: number, fresh: number): void {
  world.tally.add(`idle handles: ${what}`, old);
  world.tally.add(`idle handles: new ${what}`, fresh);
  if (old > fresh + MAX_MORE_HANDLES)
    world.trouble(`the idle ${what} holds ${old} handles, a new one ${fresh}`);
}

async function endPage(world: World): Promise<void> {
  world.page?.signal("SIGTERM");
  const code = await world.page?.end();
  if (code !== 0) world.trouble(`the page ended with ${code}: ${world.page?.said}`);
}

function handlesOf(running: Running | undefined): number {
  return sampleOf(running?.pid ?? 0)?.handles ?? Number.NaN;
}
