import fs from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

/** Requeued jobs rest only a little before they run again. */
const REQUEUES = { On_Lost: "requeue", Settle_Time: 0.1 };

let queue: TestQueue;

afterEach(async () => {
  await queue.close();
});

/** Leaves its number and a child's, and then ends its supervisor. */
const KILLS_ITS_SHIM = "sleep 60 & echo $! $$ >pids; kill -9 $PPID; sleep 60";
/** Two generations down, in a session of its own. */
const GRANDCHILD_KILLS_THE_SHIM =
  'shim=$PPID; (setsid sh -c "kill -9 $shim; sleep 60" &); echo $$ >pids; sleep 60';

/** Puts QM_KILL into the folder of a job that may be moved any moment; true once it lies there. */
function request(name: string): boolean {
  const [stage] = queue.stagesOf(name);
  try {
    queue.request(stage ?? "queue", name, "QM_KILL", "ann");
    return true;
  } catch {
    return false;
  }
}

describe("a job whose supervisor is killed", () => {
  it.each([
    ["by the job itself", KILLS_ITS_SHIM],
    ["by a grandchild in another session", GRANDCHILD_KILLS_THE_SHIM],
  ])("%s counts as lost, and nothing of it lives on", async (_, script) => {
    queue = new TestQueue();
    await queue.start();
    queue.deliver("suicidal", { script });
    const record = await queue.ended("suicidal");
    const pids = (queue.read("suicidal", "pids") ?? "").trim().split(" ").map(Number);
    expect(record).toMatchObject({ state: "lost", attempt: 1 });
    expect(record.exitCode).toBeUndefined();
    expect(queue.stagesOf("suicidal")).toEqual(["lost"]);
    expect(queue.read("suicidal", "QM_status.txt")).toContain("supervisor vanished");
    expect(pids.filter(isRunning)).toEqual([]);
    expect(queue.processes()).toEqual([]);
    expect(queue.history("suicidal")).toHaveLength(1);
  });

  it("goes back to the queue as the next attempt where lost jobs are requeued", async () => {
    queue = new TestQueue(REQUEUES);
    await queue.start();
    queue.deliver("again", {
      script: "echo attempt $QM_ATTEMPT; [ $QM_ATTEMPT = 2 ] || kill -9 $PPID; sleep 0.1",
    });
    await until("the second attempt's end", () => queue.stagesOf("again").includes("finished"));
    expect(queue.record("again")).toMatchObject({ state: "done", attempt: 2, exitCode: 0 });
    expect(queue.history("again").map(({ state, attempt }) => [attempt, state])).toEqual([
      [1, "lost"],
      [2, "done"],
    ]);
    expect(queue.read("again", "process.1.log")).toContain("attempt 1\n");
    expect(queue.read("again", "process.log")).toContain("attempt 2\n");
  });

  it("is not requeued for ever: three times in a row are enough", async () => {
    queue = new TestQueue(REQUEUES);
    await queue.start();
    queue.deliver("endless", { script: "rm -rf .qm; kill -9 $PPID; sleep 60" });
    await until("its rest in QM_lost+found", () => queue.stagesOf("endless").includes("lost"), {});
    expect(queue.history("endless").map(({ state, attempt }) => [attempt, state])).toEqual([
      [1, "lost"],
      [2, "lost"],
      [3, "lost"],
    ]);
    expect(queue.record("endless")?.reason).toContain("lost 3 times in a row");
    expect(queue.read("endless", "QM_status.txt")).toContain("lost 3 times in a row");
    expect(queue.processes()).toEqual([]);
  });

  it("has its tries anew when a person moves it back to the queue", async () => {
    queue = new TestQueue(REQUEUES);
    await queue.start();
    queue.deliver("endless", { script: "[ $QM_ATTEMPT = 5 ] || kill -9 $PPID; sleep 0.1" });
    await until("its rest in QM_lost+found", () => queue.stagesOf("endless").includes("lost"), {});
    fs.renameSync(queue.folder("lost", "endless"), queue.folder("queue", "endless"));
    await until("its end", () => queue.stagesOf("endless").includes("finished"));
    expect(queue.history("endless").map(({ state, attempt }) => [attempt, state])).toEqual([
      [1, "lost"],
      [2, "lost"],
      [3, "lost"],
      [4, "lost"],
      [5, "done"],
    ]);
  });

  it("is ended for good by a request that comes between two of its runs", async () => {
    queue = new TestQueue({ ...REQUEUES, Settle_Time: 2 });
    await queue.start();
    queue.deliver("endless", { script: "kill -9 $PPID; sleep 60" });
    await until("its first loss", () => queue.history("endless").length === 1);
    await until("the request to lie in its folder", () => request("endless"));
    expect(await queue.ended("endless")).toMatchObject({ state: "killed", killedBy: "ann" });
    expect(queue.stagesOf("endless")).toEqual(["finished"]);
    expect(queue.processes()).toEqual([]);
  });

  it("stays killed if that was asked for, and does not run again", async () => {
    queue = new TestQueue({ ...REQUEUES, Kill_Grace: 5 });
    await queue.start();
    queue.deliver("unwanted", {
      script: "trap 'kill -9 $PPID; exit' TERM; echo >up; while :; do sleep 0.1; done",
    });
    await queue.wrote("unwanted", "up");
    queue.request("running", "unwanted", "QM_KILL", "ann");
    const record = await queue.ended("unwanted");
    expect(record).toMatchObject({ state: "killed", killedBy: "ann", attempt: 1 });
  });
});
