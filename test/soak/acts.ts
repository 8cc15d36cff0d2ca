import { draw } from "./chance.ts";
import { CONFIGURATION_ACTS } from "./configuration-acts.ts";
import { ENDED_ACTS } from "./ended-acts.ts";
import { LOOKS } from "./looks.ts";
import { PAGE_ACTS } from "./page-acts.ts";
import { REQUEST_ACTS } from "./request-acts.ts";
import { restartPage } from "./restarts.ts";
import type { Act, World } from "./world.ts";

const ACTS: readonly Act[] = [
  ...REQUEST_ACTS,
  ...ENDED_ACTS,
  ...PAGE_ACTS,
  ...CONFIGURATION_ACTS,
  ...LOOKS,
  { act: "page killed", weight: 0.6, perform: killPage },
];

/** Draws an act and performs it. */
export async function actOnce(world: World): Promise<void> {
  const { act, perform } = draw(world.random("acts"), ACTS);
  try {
    if (await world.actTurn.take(async () => await perform(world))) world.tally.add(`act: ${act}`);
  } catch (error) {
    world.trouble(`${act}: ${String(error)}`);
  }
}

// As an act, since what was asked of a page that dies just then would be neither done nor undone.
async function killPage(world: World): Promise<boolean> {
  if (!world.isSteady) await restartPage(world);
  return !world.isSteady;
}
