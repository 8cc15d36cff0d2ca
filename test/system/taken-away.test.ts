import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

beforeAll(async () => {
  queue = new TestQueue({ MaxNbProcessors: 8 });
  await queue.start();
});

afterAll(async () => {
  await queue.close();
});

/** Starts a job with a child, and gives the numbers of both. */
async function startLong(name: string): Promise<number[]> {
  queue.deliver(name, {
    script: "sleep 60 & echo $$ $! >pids; echo $QM_ATTEMPT; [ $QM_ATTEMPT = 1 ] || exit 0; wait",
  });
  return (await queue.wrote(name, "pids")).trim().split(" ").map(Number);
}

async function expectEnded(name: string, pids: readonly number[]): Promise<void> {
  await until("the first line of the history", () => queue.history(name).length > 0);
  expect(pids.filter(isRunning)).toEqual([]);
  expect(queue.history(name)[0]).toMatchObject({ state: "killed", attempt: 1 });
  expect(queue.history(name)[0]?.reason).toContain("took its folder out of QM_Jobs");
}

describe.concurrent("a running job whose folder", () => {
  it("is moved elsewhere is ended as killed", async () => {
    const pids = await startLong("moved");
    fs.renameSync(queue.folder("running", "moved"), path.join(queue.base, "moved"));
    await expectEnded("moved", pids);
    expect(queue.stagesOf("moved")).toEqual([]);
  });

  it("is moved back into the queue is ended first, and then runs as the next attempt", async () => {
    const pids = await startLong("back");
    fs.renameSync(queue.folder("running", "back"), queue.folder("queue", "back"));
    await expectEnded("back", pids);
    const record = await until("the second attempt's end", () => {
      const last = queue.record("back");
      return queue.stagesOf("back").includes("finished") && last?.attempt === 2 && last;
    });
    expect(record).toMatchObject({ state: "done" });
    expect(queue.history("back").map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, "killed"],
      [2, "done"],
    ]);
    expect(queue.read("back", "process.1.log")).toContain("\n1\n");
  });

  it.each([
    ["under another name", "second", ""],
    ["under another name, without the record that it has deleted,", "third", "rm -r .qm; "],
  ])("is moved back into the queue %s does not run there before it is ended", async (_, other, first) => {
    const name = `before-${other}`;
    queue.deliver(name, {
      script: `if [ -e pid ]; then kill -0 $(cat pid) && echo >both; exit 0; fi; ${first}echo $$ >pid; sleep 60`,
    });
    await queue.wrote(name, "pid");
    fs.writeFileSync(path.join(queue.folder("running", name), "QM_READY"), "");
    fs.renameSync(queue.folder("running", name), queue.folder("queue", other));
    expect(await queue.ended(other)).toMatchObject({ state: "done" });
    expect(queue.read(other, "both")).toBeUndefined();
    expect(queue.history(name)).toMatchObject([{ state: "killed", attempt: 1 }]);
  });

  it("is deleted is ended as killed", async () => {
    const pids = await startLong("deleted");
    fs.rmSync(queue.folder("running", "deleted"), { recursive: true });
    await expectEnded("deleted", pids);
    expect(queue.stagesOf("deleted")).toEqual([]);
  });

  it.each(["finished", "lost"] as const)(
    "is moved to the %s ones by hand is ended as killed, and says so",
    async (stage) => {
      const name = `early-${stage}`;
      const pids = await startLong(name);
      queue.request("running", name, "QM_READY");
      fs.renameSync(queue.folder("running", name), queue.folder(stage, name));
      await expectEnded(name, pids);
      const record = await until("its last record", () => {
        const last = queue.record(name);
        return last?.state === "killed" && last;
      });
      expect(record).toMatchObject({ attempt: 1, reason: expect.stringContaining("out of QM_Jobs") });
      expect(await until("its status text", () => queue.read(name, "QM_status.txt"))).toMatch(/^KILLED/);
      expect(queue.stagesOf(name)).toEqual([stage]);
      expect(queue.read(name, "QM_READY")).toBeUndefined();
    },
  );

  it("is renamed is ended as killed, and has that end under its new name", async () => {
    const pids = await startLong("plain");
    fs.renameSync(queue.folder("running", "plain"), queue.folder("running", "renamed"));
    await expectEnded("plain", pids);
    const record = await queue.ended("renamed");
    expect(queue.stagesOf("renamed")).toEqual(["finished"]);
    expect(record).toEqual({ ...queue.history("plain")[0], name: "renamed" });
    const text = await until("its status text", () => queue.read("renamed", "QM_status.txt"));
    expect(text).toMatch(/^KILLED {2}renamed\n\nkilled by whoever took its folder/);
    expect(queue.history("renamed")).toEqual([]);
    expect(queue.attempts().filter((name) => name.startsWith("plain"))).toEqual([]);
  });
});

describe("a running job whose folder is renamed where lost jobs are requeued", () => {
  it("does not run a second time", async () => {
    const own = new TestQueue({ On_Lost: "requeue" });
    try {
      await own.start();
      own.deliver("first", { script: "echo >>runs; sleep 60" });
      await own.wrote("first", "runs");
      fs.renameSync(own.folder("running", "first"), own.folder("running", "second"));
      expect(await own.ended("second")).toMatchObject({ state: "killed", attempt: 1 });
      own.deliver("later", { script: "true" });
      await own.ended("later");
      expect(own.stagesOf("second")).toEqual(["finished"]);
      expect(own.read("second", "runs")).toBe("\n");
      expect(own.history().map(({ name, state }) => [name, state])).toEqual([
        ["first", "killed"],
        ["later", "done"],
      ]);
    } finally {
      await own.close();
    }
  });
});

describe("a running job whose folder is renamed and renamed back before a second look", () => {
  it("goes on undisturbed", async () => {
    const own = new TestQueue({ Poll_Interval: 30 });
    try {
      await own.start();
      own.deliver("brief", { script: "echo >up; until [ -e go ]; do sleep 0.05; done" });
      await own.wrote("brief", "up");
      fs.renameSync(own.folder("running", "brief"), own.folder("running", "elsewhere"));
      // The end of this job takes several looks at QM_Jobs.
      own.deliver("other", { script: "true" });
      await own.ended("other");
      fs.renameSync(own.folder("running", "elsewhere"), own.folder("running", "brief"));
      fs.writeFileSync(path.join(own.folder("running", "brief"), "go"), "");
      expect(await own.ended("brief")).toMatchObject({ state: "done", attempt: 1 });
      expect(own.history().map(({ name }) => name)).toEqual(["other", "brief"]);
      expect(own.said).not.toContain("could not act on a job");
    } finally {
      await own.close();
    }
  });
});

describe("a folder put into QM_Jobs by hand", () => {
  it("does not run and ends in QM_lost+found with the reason", async () => {
    queue.put("running", "stranger", { script: "echo >ran" });
    await until("the stranger's end", () => queue.stagesOf("stranger").includes("lost"));
    expect(queue.record("stranger")).toMatchObject({ state: "lost" });
    expect(queue.read("stranger", "QM_status.txt")).toContain("QM_qJobs");
    expect(queue.read("stranger", "ran")).toBeUndefined();
  });
});

describe("a waiting job", () => {
  it("that is taken out of the queue is forgotten without a trace", async () => {
    queue.deliver("changed-mind", { script: "true" }, { QM_HOLD: "" });
    await until("the admission", () => queue.status()?.waiting.some(({ name }) => name === "changed-mind"));
    fs.rmSync(queue.folder("queue", "changed-mind"), { recursive: true });
    await until("the status without it", () => queue.status()?.waiting.length === 0);
    expect(queue.history("changed-mind")).toEqual([]);
  });
});
