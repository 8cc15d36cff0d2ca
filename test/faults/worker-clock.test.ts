import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";
import { WorkerProcess } from "../support/worker-process.ts";
import { FAKETIME_LIBRARY, faketimeOrSkip } from "./stepped-clock.ts";

const LIMIT_SECONDS = 3;
const LASTS = "echo >up; until [ -e go ]; do sleep 0.05; done; exit 5";

let queue: TestQueue;
let worker: WorkerProcess;

beforeEach(() => {
  queue = new TestQueue({ Local_Worker: "False" });
  worker = new WorkerProcess(queue, "lab2");
});

afterEach(async () => {
  if (worker.pid > 0) await worker.end();
  await queue.close();
});

function told() {
  return queue.status()?.workers.find(({ name }) => name === "lab2");
}

describe.runIf(faketimeOrSkip())("a worker whose clock is wrong by", () => {
  it.each(["+1h", "-1h"])(
    "%s keeps time limits, is heard of, and waits and runs for as long as it did",
    async (by) => {
      worker.environment = {
        LD_PRELOAD: FAKETIME_LIBRARY,
        FAKETIME: by,
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        NO_FAKE_STAT: "1",
      };
      const manager = await queue.start();
      await worker.start("--processors", "4");
      await until("the worker", () => told()?.state === "open");
      queue.deliver("limited", { script: "echo >up; sleep 60", time_limit: `${LIMIT_SECONDS}s` });
      queue.deliver("lasts", { script: LASTS, time_limit: "10m" });
      const limited = await queue.ended("limited");
      expect(limited).toMatchObject({ state: "timed_out", worker: "lab2" });
      await queue.wrote("lasts", "up");
      await manager.kill();
      await queue.start();
      await until("the worker", () => told()?.state === "open");
      await pause(1000);
      expect(queue.stagesOf("lasts")).toEqual(["running"]);
      queue.request("running", "lasts", "go");
      const lasts = await queue.ended("lasts");
      expect(lasts).toMatchObject({ state: "failed", exitCode: 5, attempt: 1 });
      for (const { ranSeconds = -1, waitedSeconds = -1 } of [limited, lasts]) {
        expect(ranSeconds).toBeGreaterThan(1);
        expect(ranSeconds).toBeLessThan(1000);
        expect(waitedSeconds).toBeGreaterThanOrEqual(0);
        expect(waitedSeconds).toBeLessThan(1000);
      }
    },
  );
});
