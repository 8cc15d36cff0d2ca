import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "vitest";
import { sample } from "../support/chance.ts";
import { SpreadJob } from "../support/spread-job.ts";
import { until } from "../support/until.ts";

let all: SpreadJob;

beforeEach(async () => {
  all = new SpreadJob();
  await all.begin();
});

afterEach(async () => await all.close());

const at = (name: string, stage: string) => () => all.queue.stagesOf(name)[0] === stage;
const lies = (name: string) => () => all.queue.stagesOf(name).length > 0;
const isBeingCopied = () =>
  fs.readdirSync(all.queue.layout.queue).some((name) => name.startsWith(".qm-child"));

const MOMENTS: readonly (readonly [string, () => boolean])[] = [
  ["it is claimed", at("all", "running")],
  ["the first copy has begun", isBeingCopied],
  ["the first child is there", lies("all.lab1")],
  ["the second child is there", lies("all.lab2")],
  ["the last child is there", lies("all.lab3")],
  ["the first child has ended", at("all.lab1", "finished")],
  ["it has ended", at("all", "finished")],
];

describe("a job that runs on all workers, whose manager is killed,", () => {
  it.each(sample(MOMENTS))("runs once on each: once %s", async (_when, has) => {
    all.deliver();
    await until("the moment", has, { pollMs: 1 });
    await restart();
    await all.expectOnceEach();
  });

  it("runs once on each: again and again", async () => {
    all.deliver("sleep 0.2");
    for (let kill = 0; kill < 8 && all.queue.stagesOf("all")[0] !== "finished"; kill += 1) {
      await sleep(60 + 130 * kill);
      await restart();
    }
    await all.expectOnceEach();
  });
});

async function restart(): Promise<void> {
  await all.queue.manager.kill();
  await all.queue.start();
}
