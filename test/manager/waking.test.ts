import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Watchers } from "../../src/manager/watcher.ts";
import { until } from "../support/until.ts";
import { makeQueue } from "./queue-fixture.ts";

function watch(
  queue: ReturnType<typeof makeQueue>,
  onQueueChange: (name?: string) => void = () => undefined,
  onRootChange: () => void = () => undefined,
): Watchers {
  const { layout, log } = queue;
  const jobFolders = [{ folder: layout.queue, onChange: onQueueChange }];
  return new Watchers({ folder: layout.root, onChange: onRootChange }, jobFolders, () => [], log);
}

describe("watched folders", () => {
  it("tell which name of the queue something happens to, and nothing of what lies in it", async () => {
    const queue = makeQueue();
    const told: (string | undefined)[] = [];
    const inside = path.join(queue.layout.queue, "job");
    fs.mkdirSync(inside);
    const watchers = watch(queue, (name) => told.push(name));
    try {
      expect(told).toEqual([undefined]);
      fs.writeFileSync(path.join(inside, "file"), "");
      fs.mkdirSync(path.join(queue.layout.queue, "new"));
      await until("its name", () => told.includes("new"));
      expect(told).not.toContain("file");
      fs.mkdirSync(Buffer.concat([Buffer.from(`${queue.layout.queue}/`), Buffer.from([0xfc])]));
      await until("a change without a name, as that is no UTF-8", () => told.slice(1).includes(undefined));
      expect(queue.log.told).toEqual([]);
    } finally {
      await watchers.close();
    }
  });

  it("tell of the root that something has happened", async () => {
    const queue = makeQueue();
    let changes = 0;
    const watchers = watch(queue, undefined, () => changes++);
    try {
      await until("the watcher's start", () => changes > 0);
      const before = changes;
      fs.mkdirSync(path.join(queue.layout.root, "more"));
      await until("an event", () => changes > before);
    } finally {
      await watchers.close();
    }
  });

  it("are watched again once they are made again", async () => {
    const queue = makeQueue();
    const told: (string | undefined)[] = [];
    const watchers = watch(queue, (name) => told.push(name));
    try {
      // The number of the inode is given out again at once.
      fs.rmdirSync(queue.layout.queue);
      fs.mkdirSync(queue.layout.queue);
      watchers.keep();
      fs.mkdirSync(path.join(queue.layout.queue, "new"));
      await until("its name", () => told.includes("new"));
    } finally {
      await watchers.close();
    }
  });

  it("that cannot be watched are told of once, and cost nothing but time", async () => {
    const queue = makeQueue();
    vi.spyOn(fs, "watch").mockImplementation(() => {
      throw new Error("no more watches");
    });
    const watchers = watch(queue, () => undefined);
    fs.renameSync(queue.layout.queue, `${queue.layout.queue}.away`);
    fs.mkdirSync(queue.layout.queue);
    watchers.keep();
    vi.restoreAllMocks();
    await watchers.close();
    const why = "Error: no more watches";
    expect(queue.log.told.filter(({ fields }) => fields?.["why"] === why)).toHaveLength(1);
  });

  it("make a job start long before the next look at the folders", async () => {
    const queue = makeQueue({ Poll_Interval: 3600, Settle_Time: 0 });
    await queue.run();
    queue.deliver("prompt", { script: "true" });
    // Events from before the watcher is ready are lost, and cost an interval each.
    await until("its end", () => {
      fs.writeFileSync(path.join(queue.layout.queue, ".nudge"), "");
      return queue.stagesOf("prompt").includes("finished");
    });
  });
});
