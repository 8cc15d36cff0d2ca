import fs from "node:fs";
import { describe, expect, it } from "vitest";
import type { JobFiles, JobOptions } from "../support/queue-folder.ts";
import { rootOrSkip } from "../support/scratch.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const NOBODY = 65_534;
const NAMELESS = 3_999_010;

/** Copies a job's folder into the queue that belongs to another user. */
function deliverOf(
  queue: InProcessQueue,
  uid: number,
  name: string,
  options: JobOptions,
  files: JobFiles = {},
): void {
  const staged = queue.stage(options, { QM_READY: "", ...files });
  fs.chownSync(staged, uid, uid);
  fs.renameSync(staged, queue.folder("queue", name));
}

describe.runIf(rootOrSkip())("a job without an address", () => {
  it("belongs to the user of its folder, in its record, its environment and the history", async () => {
    const queue = makeQueue();
    await queue.run();
    deliverOf(queue, NOBODY, "job", { script: 'echo "$QM_JOB_OWNER" > owner' });
    expect(await queue.ended("job")).toMatchObject({ state: "done", owner: "nobody", mailTo: [] });
    expect(queue.read("job", "owner")).toBe("nobody\n");
    expect(queue.history()).toMatchObject([{ owner: "nobody" }]);
  });

  it("belongs to nobody known where its folder is the manager's own", async () => {
    const queue = makeQueue();
    await queue.run();
    deliverOf(queue, process.geteuid?.() ?? 0, "job", { script: "true" });
    expect(await queue.ended("job")).toMatchObject({ owner: "unknown" });
  });

  it("belongs to a number where the folder's user has no name", async () => {
    const queue = makeQueue();
    await queue.run();
    deliverOf(queue, NAMELESS, "job", { script: "true" });
    expect(await queue.ended("job")).toMatchObject({ owner: `uid ${NAMELESS}` });
  });

  it("belongs to whom its file names", async () => {
    const queue = makeQueue();
    await queue.run();
    deliverOf(queue, NOBODY, "job", { script: "true", owner: "ada" });
    expect(await queue.ended("job")).toMatchObject({ owner: "ada" });
  });

  it("counts for the folder's user when it is refused, and when it is withdrawn before it is whole", async () => {
    const queue = makeQueue({ Settle_Time: 1000 });
    await queue.run();
    deliverOf(queue, NOBODY, "refused", { nb_proc: "many" });
    expect(await queue.ended("refused")).toMatchObject({ state: "invalid", owner: "nobody" });
    const staged = queue.stage({ script: "true" }, { QM_KILL: "ada" });
    fs.chownSync(staged, NOBODY, NOBODY);
    fs.renameSync(staged, queue.folder("queue", "early"));
    expect(await queue.ended("early")).toMatchObject({ state: "killed", owner: "nobody" });
  });
});
