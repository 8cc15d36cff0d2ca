import { describe, expect, it } from "vitest";
import { Admissions } from "../../src/queue/intake/admissions.ts";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const ENDLESS = { script: "sleep 3600" };

/** A queue of two processors, of which one runs without end; a job that needs both is next. */
async function queueWithWideHead(settings: Record<string, string>): Promise<InProcessQueue> {
  const queue = makeQueue(settings);
  await queue.run();
  queue.deliver("long", ENDLESS);
  await queue.shows("the long job running", ({ running }) => running.length === 1);
  queue.deliver("wide", { script: "true", nb_proc: 2 });
  await waits(queue, "wide", "first in line");
  return queue;
}

async function waits(queue: InProcessQueue, name: string, reason: string): Promise<void> {
  await queue.shows(`${name} waiting: ${reason}`, ({ waiting }) =>
    waiting.some((job) => job.name === name && job.reason.includes(reason)),
  );
}

function headSinceMs(queue: InProcessQueue): number | undefined {
  return new Admissions(queue.layout.admissions).get("wide")?.headSinceMs;
}

describe("Reserve_After", () => {
  it("lets others pass a job that does not fit, and knows since when it is next after a restart", async () => {
    const queue = await queueWithWideHead({ Reserve_After: "1 h" });
    const sinceMs = await until("the time at the head to be written down", () => headSinceMs(queue));
    expect(Date.now() - sinceMs).toBeLessThan(3_600_000);
    queue.deliver("narrow", { script: "true" });
    expect((await queue.ended("narrow")).state).toBe("done");
    await queue.stop();
    expect(headSinceMs(queue)).toBe(sinceMs);
    // Whatever a restart takes, this time is over at its first look.
    await until("a while to pass", () => Date.now() - sinceMs > 1000);
    queue.configure({ Reserve_After: "1 s" });
    await queue.run();
    queue.deliver("late", { script: "true" });
    await waits(queue, "late", "must not delay «wide»");
  });

  it("goes on keeping processors after a restart, whatever the clock and the setting are then", async () => {
    const queue = await queueWithWideHead({ Reserve_After: "0" });
    queue.deliver("narrow", { script: "true" });
    await waits(queue, "narrow", "must not delay «wide»");
    await queue.stop();
    queue.configure({ Reserve_After: "1 h" });
    await queue.run();
    queue.deliver("late", { script: "true" });
    await waits(queue, "late", "must not delay «wide»");
    expect(queue.stagesOf("narrow")).toEqual(["queue"]);
  });

  it("goes on with the time at the head of a folder that is changed while it waits", async () => {
    const queue = await queueWithWideHead({ Reserve_After: "1 h" });
    const sinceMs = await until("the time at the head to be written down", () => headSinceMs(queue));
    queue.request("queue", "wide", "more.txt");
    const admitted = () => queue.log.of("job admitted").filter(({ fields }) => fields["job"] === "wide");
    await until("the folder to be admitted anew", () => admitted().length === 2);
    expect(headSinceMs(queue)).toBe(sinceMs);
  });
});
