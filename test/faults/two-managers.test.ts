import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { auditedScript, readAudit } from "../support/audit.ts";
import { SEED } from "../support/chance.ts";
import { Random } from "../support/random.ts";
import type { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";
import { takesOver, withQueue } from "./own-queue.ts";

const TAKE_OVER = ["--take-over"];
const JOBS = 12;

function deliver(queue: TestQueue, wave: string): string[] {
  const names = Array.from({ length: JOBS }, (_, index) => `${wave}-${index}`);
  const script = auditedScript(auditFile(queue), 3, "sleep 0.1");
  for (const name of names) queue.deliver(name, { script: "sh run.sh" }, { "run.sh": script });
  return names;
}

function auditFile({ base }: TestQueue): string {
  return path.join(base, "audit");
}

async function expectEachOnce(queue: TestQueue, names: readonly string[]): Promise<void> {
  for (const name of names)
    expect(await queue.ended(name)).toMatchObject({ state: "failed", exitCode: 3, attempt: 1 });
  const { starts, stops } = readAudit(auditFile(queue));
  const once = new Map(names.map((name) => [name, 1]));
  expect(starts).toEqual(once);
  expect(stops).toEqual(once);
  for (const name of names) expect(queue.history(name)).toHaveLength(1);
  await until("the end of all accounting", () => queue.attempts().length === 0);
  expect(queue.attempts()).toEqual([]);
}

/** Stops the queue's manager in the midst of its work, gives the queue to another one, and lets the first go on. */
async function expectHandedOver(queue: TestQueue, stopAfterMs: number, how: "taken" | "unlocked") {
  const old = await queue.start();
  const first = deliver(queue, "first");
  await pause(stopAfterMs);
  old.signal("SIGSTOP");
  if (how === "unlocked") fs.rmSync(queue.layout.lock);
  const fresh = queue.launch({ args: how === "taken" ? TAKE_OVER : [] });
  await takesOver(queue, fresh);
  const second = deliver(queue, "second");
  await pause(stopAfterMs);
  old.signal("SIGCONT");
  expect(await old.end()).toBe(4);
  await expectEachOnce(queue, [...first, ...second]);
  expect(fresh.ended).toBeUndefined();
  expect(queue.said).toContain(
    `another manager has taken this queue over: process ${fresh.pid} on ${queue.status()?.host}`,
  );
  fresh.signal("SIGTERM");
  expect(await fresh.end()).toBe(0);
}

describe.concurrent("a manager that was stopped for a while and goes on", { timeout: 600_000 }, () => {
  const random = new Random(SEED);
  const moments = Array.from({ length: 4 }, () => random.between(0, 2500));

  it.each(moments)(
    "(after %i ms) finds that another one has taken its queue over: each job runs once",
    async (ms) => {
      await withQueue({ MaxNbProcessors: 3, Poll_Interval: 0.1 }, async (queue) => {
        await expectHandedOver(queue, ms, "taken");
      });
    },
  );

  it.each(moments)("(after %i ms) finds that its lock was worth nothing: each job runs once", async (ms) => {
    await withQueue({ MaxNbProcessors: 3, Poll_Interval: 0.1 }, async (queue) => {
      await expectHandedOver(queue, ms, "unlocked");
    });
  });
});

describe.concurrent("taking a queue over", { timeout: 120_000 }, () => {
  it("is refused while the manager is heard of", async () => {
    await withQueue({}, async (queue) => {
      const manager = await queue.start();
      const rival = queue.launch({ args: TAKE_OVER });
      expect(await rival.end()).toBe(4);
      expect(queue.said).toContain(`the manager is heard of: process ${manager.pid} on `);
      await expectEachOnce(queue, deliver(queue, "after"));
      await manager.kill();
    });
  });

  it("is refused where a start would do", async () => {
    await withQueue({}, async (queue) => {
      const manager = await queue.start();
      await manager.kill();
      expect(await queue.launch({ args: TAKE_OVER }).end()).toBe(4);
      expect(queue.said).toContain("nothing is to be taken over");
      await queue.start();
    });
  });
});
