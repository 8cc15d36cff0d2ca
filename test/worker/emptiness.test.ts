import fs from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import type { PublishedStatus } from "../../src/job/published-status.ts";
import type { WorkerStatus } from "../../src/job/worker-status.ts";
import { type Layout, layoutOf } from "../../src/queue/layout.ts";
import { Emptiness } from "../../src/worker/emptiness.ts";
import { publishStatus, SILENT, shownWorker } from "../support/published-status.ts";
import { fill, scratchFolder } from "../support/scratch.ts";

let layout: Layout;
let emptiness: Emptiness;

beforeEach(() => {
  layout = layoutOf(scratchFolder());
  fill(layout.root, { ".qm/": "" });
  emptiness = new Emptiness(layout, "lab2");
});

/** True where it is empty once that has lasted. */
function isEmpty(own: Partial<WorkerStatus> | undefined, more: Partial<PublishedStatus> = {}): boolean {
  const workers = [shownWorker("lab1", { running: ["busy"], waiting: 4 })];
  if (own !== undefined) workers.push(shownWorker("lab2", own));
  publishStatus(layout, { workers, ...more });
  emptiness.look(0);
  return emptiness.look(3000);
}

describe("a queue that has nothing more for a worker", () => {
  it("is one with nothing that runs there, waits for it or arrives, for some seconds", () => {
    expect(isEmpty({ waiting: 0 })).toBe(true);
    emptiness = new Emptiness(layout, "lab2");
    expect([emptiness.look(0), emptiness.look(2999), emptiness.look(3000)]).toEqual([false, false, true]);
  });

  it.each([
    ["something waits that could run there", { waiting: 1 }],
    ["something runs there", { waiting: 0, running: ["busy"] }],
    ["its manager has not heard of it", { waiting: 0, ...SILENT }],
    ["its manager tells nothing of what waits", {}],
    ["its manager does not know it yet", undefined],
  ])("is not one where %s", (_what, own) => {
    expect(isEmpty(own)).toBe(false);
  });

  it("is not one where a folder arrives, or without a manager's word", () => {
    const arriving = [{ name: "new", state: "arriving" as const, bytes: 1, files: 1, reason: "is copied" }];
    expect(isEmpty({ waiting: 0 }, { arriving })).toBe(false);
    fs.rmSync(layout.status);
    expect([emptiness.look(0), emptiness.look(9000)]).toEqual([false, false]);
  });
});
