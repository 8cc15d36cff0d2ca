import { describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";

describe.concurrent("a job that stops its own supervisor", () => {
  it("and ends has its own outcome", async () => {
    await withQueue({}, async (queue) => {
      await queue.start();
      queue.deliver("job", { script: "kill -STOP $PPID; exit 3" });
      expect(await queue.ended("job")).toMatchObject({ state: "failed", exitCode: 3, attempt: 1 });
    });
  });

  it("and ends while no manager runs has its own outcome", async () => {
    await withQueue({}, async (queue) => {
      const first = await queue.start();
      queue.deliver("job", {
        // Once more at its end: the manager may have continued it before it was killed.
        script: "kill -STOP $PPID; echo >up; until [ -e go ]; do sleep 0.05; done; kill -STOP $PPID; exit 3",
      });
      await queue.wrote("job", "up");
      await first.kill();
      queue.request("running", "job", "go");
      await until("the job's end", () => queue.processes().length === 1);
      await queue.start();
      expect(await queue.ended("job")).toMatchObject({ state: "failed", exitCode: 3, attempt: 1 });
    });
  });

  it("and runs on is ended at its time limit", async () => {
    await withQueue({}, async (queue) => {
      await queue.start();
      queue.deliver("job", { script: "kill -STOP $PPID; exec sleep 60", time_limit: "1s" });
      expect(await queue.ended("job")).toMatchObject({ state: "timed_out", attempt: 1 });
    });
  });
});
