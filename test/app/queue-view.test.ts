import { beforeEach, describe, expect, it } from "vitest";
import { type QueueView, viewQueue } from "../../src/app/queue-view.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { PublishedStatus } from "../../src/job/published-status.ts";
import { ago, running, waiting } from "../storybook/domain.ts";
import { makeQueueFolder, type QueueFolder } from "../support/queue-folder.ts";

let queue: QueueFolder;

beforeEach(() => {
  queue = makeQueueFolder();
  queue.put("running", "long");
  queue.put("queue", "next");
});

/** The view of a queue in which one job runs and one waits, of which a manager has published this. */
function viewOf(changes: Partial<PublishedStatus>): QueueView {
  const { layout } = queue;
  queue.publish({ processors: { max: 4, busy: 1 }, ...changes });
  const loaded = loadConfig({ env: {}, cwd: layout.root });
  if (loaded.kind === "problems") throw new Error("the defaults are wrong");
  return viewQueue({ layout, config: loaded.value.config, loaded: loaded.value }, { isAlive: () => true });
}

describe("what a published status expects", () => {
  const NOW_MS = Date.now();
  const { progress: _progress, ...long } = running(NOW_MS, { name: "long" });
  const busy = (expectedEndSeconds: number) => [{ ...long, processors: 1, expectedEndSeconds }];
  const next = (expectedStartSeconds: number) => [waiting(NOW_MS, { name: "next", expectedStartSeconds })];

  it("is as much nearer as it is old, and no less than any moment", () => {
    const madeAt = ago(NOW_MS, 100);
    const view = viewOf({ madeAt, running: busy(50), waiting: next(1000) });
    expect(view.running[0]?.expectedEndSeconds).toBe(0);
    expect(view.waiting[0]?.expectedStartSeconds).toBeGreaterThan(500);
    expect(view.waiting[0]?.expectedStartSeconds).toBeLessThanOrEqual(900);
  });

  it("counts as new where nothing tells how old it is, or a clock says that it is yet to come", () => {
    for (const madeAt of [{}, { madeAt: ago(NOW_MS, -5000) }]) {
      const view = viewOf({ ...madeAt, running: busy(50), waiting: next(1000) });
      expect([view.running[0]?.expectedEndSeconds, view.waiting[0]?.expectedStartSeconds]).toEqual([
        50, 1000,
      ]);
    }
  });
});

describe("why processors are idle", () => {
  it("is told as the manager does, as long as as many are busy as it says", () => {
    const { progress: _progress, ...long } = running(Date.now(), { name: "long" });
    const told = { idle: "3 processors are kept", running: [{ ...long, processors: 1 }] };
    expect(viewOf(told).idle).toBe("3 processors are kept");
    expect(viewOf({ ...told, processors: { max: 4, busy: 2 } }).idle).toBeUndefined();
  });
});
