import { pause, until } from "../support/until.ts";
import { draw, happens, type Weighted } from "./chance.ts";
import type { World } from "./world.ts";

interface Stop extends Weighted {
  readonly stop: string;
  readonly perform: (world: World) => Promise<void>;
}

/** The ends of managers. */
const STOPS: readonly Stop[] = [
  { stop: "SIGKILL", weight: 6, perform: kill },
  { stop: "SIGKILL while it starts", weight: 2, perform: killStarting },
  { stop: "SIGTERM", weight: 2, perform: terminate },
  { stop: "qm stop", weight: 2, perform: stopByVerb },
  { stop: "upgrade", weight: 2, perform: upgrade },
];

/**
 * Ends the manager in some way and starts another one, after a while at times. That one then has at least as long to
 * itself as there was none: on a slow machine too there is to be somebody who works.
 */
export async function restartManager(world: World): Promise<void> {
  const startedMs = performance.now();
  const random = world.random("restarts");
  const { stop, perform } = draw(random, STOPS);
  const awayMs = happens(random, 0.4) ? random.between(0, 2500) : 0;
  await world.managerTurn.take(async () => {
    if (world.manager?.ended !== undefined)
      world.trouble(`the manager ended by itself with ${world.manager.ended}: ${world.manager.said}`);
    world.isRestarting = true;
    await perform(world);
    await pause(awayMs);
    startManager(world);
    await world.managed();
    world.isRestarting = false;
  });
  world.tally.add(`restart: ${stop}`);
  await pause(performance.now() - startedMs);
}

/** Starts the manager whose life is watched for growth, from a fresh installation. */
export async function startLastManager(world: World): Promise<void> {
  await world.managerTurn.take(async () => {
    world.isRestarting = true;
    await upgrade(world);
    world.manager = world.program.begin("daemon");
    await world.managed();
    world.isRestarting = false;
  });
}

/** Starts a manager, with a page of its own beside it now and then. */
export function startManager(world: World): void {
  world.manager = world.program.begin(happens(world.random("restarts"), 0.25) ? "start" : "daemon");
}

async function kill({ manager }: World): Promise<void> {
  manager?.signal("SIGKILL");
  await manager?.end();
}

async function killStarting(world: World): Promise<void> {
  await kill(world);
  for (let times = world.random("restarts").between(1, 3); times > 0; times -= 1) {
    startManager(world);
    await pause(world.random("restarts").between(50, 700));
    await kill(world);
  }
}

async function terminate(world: World): Promise<void> {
  world.manager?.signal("SIGTERM");
  await expectGoodEnd(world);
}

async function stopByVerb(world: World): Promise<void> {
  const { code, stderr } = await world.program.run("stop");
  if (code !== 0) world.trouble(`qm stop ended with ${code}: ${stderr}`);
  await expectGoodEnd(world);
}

/** Another version takes the place of the one that runs, also of the shim's script while jobs run. */
async function upgrade(world: World): Promise<void> {
  world.manager?.signal("SIGTERM");
  const removeOld = world.program.upgrade();
  await expectGoodEnd(world);
  removeOld();
}

/** A manager that was asked to stop says so by its exit code. */
export async function expectGoodEnd(world: World): Promise<void> {
  const code = await world.manager?.end();
  if (code !== 0)
    world.trouble(`a manager that was asked to stop ended with ${code}: ${world.manager?.said}`);
}

/** The page dies and is started anew. */
export async function restartPage(world: World): Promise<void> {
  world.page?.signal("SIGKILL");
  await world.page?.end();
  await startPage(world);
}

/** Starts the page and waits until it tells where it is. */
export async function startPage(world: World): Promise<void> {
  world.page = world.program.begin("web");
  await until("the page's start", () => world.pageUrl, { timeoutMs: 60_000 });
}
