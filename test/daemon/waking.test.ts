import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Waker } from "../../src/daemon/waker.ts";
import { watchFolders } from "../../src/daemon/watcher.ts";
import { until } from "../support/until.ts";
import { makeQueue } from "./queue-fixture.ts";

const LONG_MS = 600_000;

describe("a rest", () => {
  it("ends when it is woken", async () => {
    const waker = new Waker();
    const resting = waker.rest(LONG_MS);
    waker.wake();
    await resting;
    expect(waker.isWoken).toBe(false);
  });

  it("does not begin when something happened since the last one", async () => {
    const waker = new Waker();
    waker.wake();
    waker.wake();
    expect(waker.isWoken).toBe(true);
    await waker.rest(LONG_MS);
    expect(waker.isWoken).toBe(false);
  });

  it("ends by itself when its time is up, or at once without time", async () => {
    const waker = new Waker();
    await waker.rest(1);
    await waker.rest(0);
    await waker.rest(-1);
  });
});

describe("watched folders", () => {
  it("wake when an entry comes or goes, and are not told of what lies in their entries", async () => {
    const queue = makeQueue();
    let woken = 0;
    const inside = path.join(queue.layout.queue, "job");
    fs.mkdirSync(inside);
    const watcher = watchFolders([queue.layout.queue], () => woken++, queue.log);
    try {
      await new Promise<void>((resolve) => watcher.once("ready", resolve));
      await until("a first event", () => {
        fs.writeFileSync(path.join(queue.layout.queue, `new-${woken}`), "");
        return woken > 0;
      });
      const before = woken;
      fs.mkdirSync(path.join(queue.layout.queue, "more"));
      await until("an event", () => woken > before);
      expect(queue.log.told).toEqual([]);
      expect(Object.keys(watcher.getWatched())).not.toContain(inside);
    } finally {
      await watcher.close();
    }
  });

  it("that fail are told of once, and cost nothing but time", async () => {
    const queue = makeQueue();
    const watcher = watchFolders([queue.layout.queue], () => undefined, queue.log);
    watcher.emit("error", new Error("no more watches"));
    watcher.emit("error", new Error("no more watches"));
    await watcher.close();
    expect(queue.log.told).toEqual([
      expect.objectContaining({ level: "warn", fields: { why: "Error: no more watches" } }),
    ]);
  });

  it("make a job start long before the next look at the folders", async () => {
    const queue = makeQueue({ Poll_Interval: 3600, Settle_Time: 0 });
    await queue.run();
    queue.deliver("prompt", { script: "true" });
    // Events from before the watcher is ready are lost, and cost an interval each.
    await until("its end", () => {
      fs.writeFileSync(path.join(queue.layout.queue, ".nudge"), "");
      return queue.shelvesOf("prompt").includes("finished");
    });
  });
});
