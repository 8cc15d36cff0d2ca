import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

afterEach(async () => {
  await queue.close();
});

/** Lasts until the next manager is there, however long that takes. */
const COUNTS_WHEN_TOLD =
  "echo $$ >pid; echo begun; while [ ! -e go ]; do sleep 0.05; done; i=0; while [ $i -lt 30 ]; do echo $i; i=$((i+1)); done; exit 5";

describe("a job that runs while its manager ends", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)(
    "by %s is adopted by the next with times, log and exit code",
    async (signal) => {
      queue = new TestQueue();
      const first = await queue.start();
      queue.deliver("long", { script: COUNTS_WHEN_TOLD });
      const pid = Number(await queue.wrote("long", "pid"));
      const before = await until("the status", () =>
        queue.status()?.running.find(({ startedAt }) => startedAt),
      );
      first.signal(signal);
      expect(await first.end()).toBe(signal === "SIGKILL" ? "SIGKILL" : 0);
      expect(isRunning(pid)).toBe(true);

      await queue.start();
      expect(queue.status()?.running).toMatchObject([
        { name: "long", startedAt: before.startedAt, attempt: 1 },
      ]);
      expect(isRunning(pid)).toBe(true);
      const ranSeconds = (Date.now() - Date.parse(before.startedAt ?? "")) / 1000;
      fs.writeFileSync(path.join(queue.folder("running", "long"), "go"), "");
      const record = await queue.ended("long");
      expect(record).toMatchObject({ state: "failed", exitCode: 5, startedAt: before.startedAt, attempt: 1 });
      expect(record.ranSeconds).toBeGreaterThan(ranSeconds - 0.1);
      const log = (queue.read("long", "process.log") ?? "").trimEnd().split("\n");
      expect(log.slice(1, -1)).toEqual(["begun", ...Array.from({ length: 30 }, (_, index) => String(index))]);
      expect(log[0]).toContain("[QM] started");
      expect(log.at(-1)).toContain("[QM] ended");
      expect(queue.history("long")).toHaveLength(1);
    },
  );

  it("and ends before the next one comes is accounted for with its own times", async () => {
    queue = new TestQueue();
    const first = await queue.start();
    queue.deliver("short", {
      script: "echo >up; while [ ! -e go ]; do sleep 0.05; done; echo >down; exit 4",
    });
    await queue.wrote("short", "up");
    await first.kill();
    fs.writeFileSync(path.join(queue.folder("running", "short"), "go"), "");
    await queue.wrote("short", "down");
    await until("the shim's end", () => queue.processes().length === 0);
    const endedBy = Date.now();
    await queue.start();
    const record = await queue.ended("short");
    expect(record).toMatchObject({ state: "failed", exitCode: 4 });
    expect(Date.parse(record.finishedAt ?? "")).toBeLessThanOrEqual(endedBy);
  });

  it("can be killed after its adoption", async () => {
    queue = new TestQueue();
    const first = await queue.start();
    queue.deliver("adopted", { script: "echo $$ >pid; sleep 60" });
    const pid = Number(await queue.wrote("adopted", "pid"));
    await first.kill();
    await queue.start();
    queue.request("running", "adopted", "QM_KILL", "ann");
    expect(await queue.ended("adopted")).toMatchObject({
      state: "killed",
      killedBy: "ann",
      signal: "SIGTERM",
    });
    expect(isRunning(pid)).toBe(false);
  });

  it("has its time limit counted from its own start", async () => {
    queue = new TestQueue();
    const first = await queue.start();
    queue.deliver("limited", { script: "echo >up; sleep 60", time_limit: "8s" });
    await queue.wrote("limited", "up");
    await first.kill();
    await until("most of the limit", () => secondsSince(queue.record("limited")?.startedAt) > 5);
    await queue.start();
    const record = await queue.ended("limited");
    expect(record).toMatchObject({ state: "timed_out", timeLimitSeconds: 8 });
    expect(record.ranSeconds).toBeGreaterThan(7.9);
    // Counted from its adoption, it would have had the limit once more.
    expect(record.ranSeconds).toBeLessThan(5 + 8);
  });

  it("is ended at once if its limit passed while there was no manager", async () => {
    queue = new TestQueue();
    const first = await queue.start();
    queue.deliver("overdue", { script: "echo >up; sleep 60", time_limit: "1s" });
    await queue.wrote("overdue", "up");
    await first.kill();
    await until("the limit", () => secondsSince(queue.record("overdue")?.startedAt) > 1.5);
    await queue.start();
    expect(await queue.ended("overdue")).toMatchObject({ state: "timed_out" });
  });

  it("goes on being ended when the manager dies between TERM and KILL", async () => {
    queue = new TestQueue({ Kill_Grace: 2 });
    const first = await queue.start();
    queue.deliver("deaf", { script: "trap 'echo >termed' TERM; echo >up; while :; do sleep 0.1; done" });
    await queue.wrote("deaf", "up");
    queue.request("running", "deaf", "QM_KILL", "ann");
    await queue.wrote("deaf", "termed");
    await first.kill();
    await queue.start();
    expect(await queue.ended("deaf")).toMatchObject({ state: "killed", killedBy: "ann", signal: "SIGKILL" });
  });
});

function secondsSince(iso: string | undefined): number {
  return iso === undefined ? 0 : (Date.now() - Date.parse(iso)) / 1000;
}
