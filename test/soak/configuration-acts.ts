import { pause } from "../support/until.ts";
import { happens } from "./chance.ts";
import { drawVariation } from "./configuration.ts";
import type { Act, World } from "./world.ts";

/** Acts of an operator while the manager runs. */
export const CONFIGURATION_ACTS: readonly Act[] = [
  { act: "configuration changed", weight: 4, perform: change },
  { act: "qm mail send", weight: 2, perform: sendMails },
];

async function change(world: World): Promise<boolean> {
  const random = world.random("acts");
  const variation = drawVariation(random);
  const isTold = happens(random, 0.6);
  const ms = random.between(500, 3000);
  world.tally.add(`configuration: ${variation.variation}`);
  const reconfigure = () => {
    world.configure(variation.settings);
    // Without the signal it is seen all the same, a little later.
    if (isTold && world.isManaged() && !world.isRestarting) world.manager?.signal("SIGHUP");
  };
  const changeForAWhile = async () => {
    reconfigure();
    await pause(ms);
    world.configure({});
  };
  // Nothing can be started with a faulty one, so it is put right before anybody tries.
  if (variation.isFaulty === true) await world.managerTurn.take(changeForAWhile);
  else if (variation.isBrief === true) world.errands.join(changeForAWhile);
  else reconfigure();
  return true;
}

async function sendMails(world: World): Promise<boolean> {
  // 5: no manager runs just now.
  const { code, stderr } = await world.program.run("mail", "send");
  if (code !== 0 && code !== 5) world.trouble(`qm mail send ended with ${code}: ${stderr}`);
  return true;
}
