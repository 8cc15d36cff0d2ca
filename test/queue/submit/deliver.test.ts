import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Layout } from "../../../src/queue/layout.ts";
import { type Delivered, deliver } from "../../../src/queue/submit/deliver.ts";
import { makeQueueFolder } from "../../support/queue-folder.ts";

import { namesIn, rootOrSkip } from "../../support/scratch.ts";

const MANAGER = 65_534;
const GROUP = 54_321;

let layout: Layout;

beforeEach(() => {
  ({ layout } = makeQueueFolder());
});

function deliverJob(mode = 0o755): Promise<Delivered> {
  return deliver(layout, "job", "tester", async (folder) => {
    fs.mkdirSync(folder);
    fs.chmodSync(folder, mode);
    return [];
  });
}

describe("delivering a job", () => {
  it("puts it there whole, marked, without a warning where the queue is one's own", async () => {
    expect(await deliverJob()).toEqual({ name: "job", identity: expect.any(String), warnings: [] });
    expect(namesIn(path.join(layout.queue, "job"))).toEqual(["QM_READY"]);
  });

  it("takes the beginnings away when it fails", async () => {
    await expect(deliver(layout, "job", "tester", () => Promise.reject(new Error("no")))).rejects.toThrow();
    expect(namesIn(layout.queue)).toEqual([]);
  });
});

describe.runIf(rootOrSkip())("delivering into the queue of another user", () => {
  it("warns where that user may not write into the folder", async () => {
    fs.chownSync(layout.queue, MANAGER, MANAGER);
    const [warning] = (await deliverJob()).warnings;
    expect(warning).toMatch(/the manager's user \(65534\) may not write into the folder of «job»/);
    expect(warning).toContain("chmod g+rwxs");
  });

  it("goes by who publishes the status, where that is known", async () => {
    fs.writeFileSync(layout.status, "{}");
    fs.chownSync(layout.status, MANAGER, MANAGER);
    expect((await deliverJob()).warnings).toHaveLength(1);
    fs.chownSync(layout.status, 0, 0);
    fs.chownSync(layout.queue, MANAGER, MANAGER);
    expect((await deliverJob()).warnings).toEqual([]);
  });

  it("gives the folder to the queue's group, where that may write there", async () => {
    fs.chownSync(layout.queue, MANAGER, GROUP);
    fs.chmodSync(layout.queue, 0o770);
    expect((await deliverJob()).warnings).toEqual([]);
    const { mode, gid } = fs.statSync(path.join(layout.queue, "job"));
    expect([mode & 0o777, gid]).toEqual([0o775, GROUP]);
  });

  it("does not warn where everybody may write there", async () => {
    fs.chownSync(layout.queue, MANAGER, MANAGER);
    expect((await deliverJob(0o777)).warnings).toEqual([]);
  });
});
