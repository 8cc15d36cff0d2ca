import { afterEach, beforeEach, expect, test } from "vitest";
import type { Queue } from "../../../src/app/queue.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { LiveQueue } from "../../../src/web/live/live-queue.ts";
import { Scratch } from "../../cli/cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

function queueOf({ layout, base }: Scratch): Queue {
  const loaded = loadConfig({ explicit: undefined, env: {}, cwd: base });
  if (loaded.kind === "problems") throw new Error(JSON.stringify(loaded.problems));
  return { loaded: loaded.value, config: loaded.value.config, layout };
}

test("what visitors may do is a change that people can see", () => {
  let queue = queueOf(scratch);
  const live = new LiveQueue(() => queue, { isAlive: () => false });
  const before = live.version();
  const web = { ...queue.config.web, licenceToKill: !queue.config.web.licenceToKill };
  queue = { ...queue, config: { ...queue.config, web } };
  live.expire();
  expect(live.version()).toBeGreaterThan(before);
});
