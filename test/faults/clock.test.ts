import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Settings } from "../support/queue-folder.ts";
import type { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";
import { faketimeOrSkip, SteppedClock } from "./stepped-clock.ts";

const STEPS = [["+1d"], ["-1d"], ["+100d"]] as const;

const LASTS = "echo >up; until [ -e go ]; do sleep 0.05; done; exit 5";
const DEAF = "trap 'echo >termed' TERM; echo >up; while :; do sleep 0.1; done";
const SLEEPS = "echo >up; sleep 60";

async function withClock(
  settings: Settings,
  use: (queue: TestQueue, clock: SteppedClock) => Promise<void>,
): Promise<void> {
  await withQueue(settings, (queue) =>
    SteppedClock.use(queue, async (clock) => {
      await clock.startManager();
      await use(queue, clock);
      expectSaneTimes(queue, clock);
    }),
  );
}

describe.runIf(faketimeOrSkip()).concurrent("a clock that is set by", () => {
  it.each(STEPS)("%s leaves time limits and waiting jobs as they are", async (by) => {
    await withClock({ MaxNbProcessors: 4 }, async (queue, clock) => {
      await startLimitedAmpleAndWaiting(queue);
      clock.step(by);
      await expectLimitedAmpleAndWaiting(queue);
    });
  });

  it.each(STEPS)("%s while no manager runs does so too", async (by) => {
    await withClock({ MaxNbProcessors: 4 }, async (queue, clock) => {
      await startLimitedAmpleAndWaiting(queue);
      await queue.manager.kill();
      clock.step(by);
      await clock.startManager();
      await expectLimitedAmpleAndWaiting(queue);
    });
  });

  it.each(STEPS)("%s while a job is being ended leaves it its grace", async (by) => {
    await withClock({}, async (queue, clock) => {
      queue.deliver("deaf", { script: DEAF, kill_grace: 4 });
      await queue.wrote("deaf", "up");
      const askedSeconds = clock.trueSeconds;
      queue.request("running", "deaf", "QM_KILL", "ann");
      await queue.wrote("deaf", "termed");
      clock.step(by);
      expect(await queue.ended("deaf")).toMatchObject({
        state: "killed",
        killedBy: "ann",
        signal: "SIGKILL",
      });
      expect(clock.trueSeconds - askedSeconds).toBeGreaterThan(3.9);
      // The manager has indeed gone by that clock.
      await until("its time in the log", () => new Set(queue.said.match(/^\d+-\d+-\d+/gm)).size === 2);
    });
  });

  it.each(STEPS)("%s while a folder is copied lets no half of it run", async (by) => {
    await withClock({ Settle_Time: 4 }, async (queue, clock) => {
      const folder = path.join(queue.layout.queue, "copied");
      fs.mkdirSync(folder);
      fs.writeFileSync(path.join(folder, "proc_config.cfg"), "[QMOptions]\nscript : cat part-*\n");
      for (const part of ["1", "2", "3"]) {
        fs.writeFileSync(path.join(folder, `part-${part}`), `${part}\n`);
        clock.step(part === "2" ? "+0" : by);
        await pause(700);
      }
      expect(await queue.ended("copied")).toMatchObject({ state: "done" });
      expect(queue.read("copied", "process.log")).toContain("1\n2\n3\n");
    });
  });

  it("a day back and forth while jobs come and go runs each of them once", async () => {
    await withClock({}, async (queue, clock) => {
      const names = Array.from({ length: 8 }, (_, index) => `job-${index}`);
      for (const [index, name] of names.entries()) {
        queue.deliver(name, { script: "echo ran >>ran; sleep 0.2" });
        await pause(100);
        clock.step(index % 2 === 0 ? "-1d" : "+1d");
      }
      for (const name of names) {
        expect(await queue.ended(name)).toMatchObject({ state: "done", attempt: 1 });
        expect(queue.read(name, "ran")).toBe("ran\n");
        expect(queue.history(name)).toHaveLength(1);
      }
    });
  });
});

/** One that has 4 s, one that has an hour and ends when told, and one that waits for the processors of both. */
async function startLimitedAmpleAndWaiting(queue: TestQueue): Promise<void> {
  queue.deliver("limited", { script: SLEEPS, time_limit: "4s" });
  queue.deliver("ample", { script: LASTS, time_limit: "1h" });
  for (const name of ["limited", "ample"]) await queue.wrote(name, "up");
  queue.deliver("waits", { script: "true", nb_proc: 4 });
  await until("its admission", () => queue.status()?.waiting[0]?.name === "waits");
}

async function expectLimitedAmpleAndWaiting(queue: TestQueue): Promise<void> {
  const limited = await queue.ended("limited");
  expect(limited).toMatchObject({ state: "timed_out", attempt: 1 });
  expect(limited.ranSeconds).toBeGreaterThan(3.9);
  expect(queue.stagesOf("ample")).toEqual(["running"]);
  expect(queue.stagesOf("waits")).toEqual(["queue"]);
  fs.writeFileSync(path.join(queue.folder("running", "ample"), "go"), "");
  expect(await queue.ended("ample")).toMatchObject({ state: "failed", exitCode: 5, attempt: 1 });
  expect(await queue.ended("waits")).toMatchObject({ state: "done", attempt: 1 });
}

/** A run's length is told by the clock that nobody sets, and nothing is told as negative. */
function expectSaneTimes(queue: TestQueue, clock: SteppedClock): void {
  for (const { name, ranSeconds, waitedSeconds } of queue.history()) {
    expect(ranSeconds, name).toBeGreaterThanOrEqual(0);
    expect(ranSeconds, name).toBeLessThan(clock.trueSeconds + 1);
    expect(waitedSeconds, name).toBeGreaterThanOrEqual(0);
    expect(queue.read(name, "QM_status.txt"), name).not.toMatch(/ -\d/);
  }
}
