import fs from "node:fs";
import { describe, expect, it } from "vitest";
import type { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";
import { isWatching, watchedFolders } from "./watching.ts";

/** Longer than any wait in here: what only a scan finds comes too late. */
const SELDOM = { Poll_Interval: 600 };

async function expectDone(queue: TestQueue, name: string): Promise<void> {
  queue.deliver(name, { script: "true" });
  expect(await queue.ended(name)).toMatchObject({ state: "done" });
}

describe.concurrent("a folder that is removed and made again by a person under the running manager", {}, () => {
  it.each([
    ["queue", 1],
    ["queue", 5],
    ["running", 1],
    ["finished", 1],
    ["lost", 1],
  ] as const)("(%s, %i times) is used again, and a new job is noticed at once", async (stage, times) => {
    await withQueue(SELDOM, async (queue) => {
      const manager = await queue.start();
      await until("a watching manager", () => isWatching(manager.pid, watchedFolders(queue)));
      await expectDone(queue, "before");
      for (let made = 0; made < times; made += 1) {
        fs.rmSync(queue.layout[stage], { recursive: true });
        fs.mkdirSync(queue.layout[stage], { recursive: true });
      }
      await until("the new folder's watch", () => isWatching(manager.pid, watchedFolders(queue)));
      await expectDone(queue, "after");
      await expectDone(queue, "and another");
    });
  });
});
