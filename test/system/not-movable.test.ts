import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { rootOrSkip } from "../support/scratch.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

const NOBODY = 65534;

let queue: TestQueue | undefined;

afterEach(async () => {
  await queue?.close();
});

describe.runIf(rootOrSkip())("a job that the manager may not move", () => {
  it("as another owns it in a sticky queue stays and shows why, and the others go on", async () => {
    const base = fs.mkdtempSync(path.join(os.tmpdir(), "qm-system-"));
    queue = new TestQueue({}, base);
    giveAway(base);
    fs.chownSync(queue.layout.queue, 0, 0);
    fs.chmodSync(queue.layout.queue, 0o1777);
    const staged = queue.stage({ script: "echo >ran" });
    fs.chmodSync(staged, 0o777);
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
    expect(queue.stagesOf("stuck")).toEqual(["queue"]);
    await until("the end of all accounting", () => queue?.attempts().length === 0);
  });

  it("runs though its QM_READY may not be removed, in a folder where only owners remove", async () => {
    queue = new TestQueue();
    giveAway(queue.base);
    const staged = queue.stage({ script: "echo >ran" }, { QM_READY: "" });
    fs.chmodSync(staged, 0o1777);
    fs.renameSync(staged, queue.folder("queue", "sticky"));
    await queue.start({ uid: NOBODY });
    expect(await queue.ended("sticky")).toMatchObject({ state: "done" });
    expect(queue.read("sticky", "ran")).toBe("\n");
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
