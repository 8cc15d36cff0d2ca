import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

const NOBODY = 65534;

let queue: TestQueue | undefined;

afterEach(async () => {
  await queue?.close();
});

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write("skipped: jobs of another owner can only be made by root\n");

describe.runIf(isRoot)("a job that the manager may not move", () => {
  it.each([
    ["owned by another in a sticky queue", 0o1777, 0o777],
    ["owned by another and not writable", 0o777, 0o755],
  ])("%s stays and shows why, and the others go on", async (_, queueMode, jobMode) => {
    const base = fs.mkdtempSync(path.join(os.tmpdir(), "qm-system-"));
    queue = new TestQueue({}, base);
    giveAway(base);
    fs.chownSync(queue.layout.queue, 0, 0);
    fs.chmodSync(queue.layout.queue, queueMode);
    const staged = queue.stage({ script: "echo >ran" });
    fs.chmodSync(staged, jobMode);
    fs.renameSync(staged, queue.folder("queue", "stuck"));
    await queue.start({ uid: NOBODY });
    await until("the reason in the status", () =>
      queue
        ?.status()
        ?.waiting.some(({ name, reason }) => name === "stuck" && reason.includes("may not move it")),
    );
    const own = queue.stage({ script: "true" });
    giveAway(own);
    fs.renameSync(own, queue.folder("queue", "free"));
    expect(await queue.ended("free")).toMatchObject({ state: "done" });
    expect(queue.shelvesOf("stuck")).toEqual(["queue"]);
    expect(queue.attempts()).toEqual([]);
  });

  it("runs once its permissions are put right", async () => {
    queue = new TestQueue();
    giveAway(queue.base);
    const staged = queue.stage({ script: "true" });
    fs.renameSync(staged, queue.folder("queue", "stuck"));
    await queue.start({ uid: NOBODY });
    await until("the reason in the status", () =>
      queue?.status()?.waiting.some(({ reason }) => reason.includes("may not move it")),
    );
    giveAway(queue.folder("queue", "stuck"));
    expect(await queue.ended("stuck", 40_000)).toMatchObject({ state: "done" });
  });

  it("after its end, since it took its own rights away, does not keep its processors for ever", async () => {
    queue = new TestQueue();
    giveAway(queue.base);
    await queue.start({ uid: NOBODY });
    const staged = queue.stage({ script: "chmod 0555 .", nb_proc: 2 }, { QM_READY: "" });
    giveAway(staged);
    fs.renameSync(staged, queue.folder("queue", "locked-up"));
    await until("its end", () => queue?.history("locked-up").length === 1);
    const next = queue.stage({ script: "true" }, { QM_READY: "" });
    giveAway(next);
    fs.renameSync(next, queue.folder("queue", "next"));
    expect(await queue.ended("next")).toMatchObject({ state: "done" });
  });
});

function giveAway(folder: string): void {
  for (const name of ["", ...(fs.readdirSync(folder, { recursive: true }) as string[])]) {
    fs.chownSync(path.join(folder, name), NOBODY, NOBODY);
  }
}
