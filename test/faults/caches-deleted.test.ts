import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";

const WAITING = ["a", "b", "c"];
const RUNS_TILL_TOLD = "echo $$ >>ran; echo >up; until [ -e go ]; do sleep 0.05; done; exit 5";

/** Files that are deleted, or torn, below `.qm`: the folders themselves tell what there is to do. */
const HARMLESS: readonly (readonly [string, (queue: TestQueue) => void])[] = [
  ["admissions.jsonl deleted", ({ layout }) => fs.rmSync(layout.admissions)],
  ["admissions.jsonl torn", ({ layout }) => tear(layout.admissions)],
  ["history.jsonl deleted", ({ layout }) => fs.rmSync(layout.history)],
  ["status.json deleted", ({ layout }) => fs.rmSync(layout.status)],
  ["status.json torn", ({ layout }) => tear(layout.status)],
  ["its log deleted", ({ layout }) => fs.rmSync(layout.log)],
  [
    "all of these deleted",
    ({ layout }) => {
      for (const file of [layout.admissions, layout.history, layout.status, layout.log, layout.lock])
        fs.rmSync(file);
    },
  ],
];

describe.concurrent("a queue with", () => {
  it.each(HARMLESS)("%s under the running manager goes on as if nothing had happened", async (_, spoil) => {
    await withQueue({ MaxNbProcessors: 1 }, async (queue) => {
      await fill(queue);
      spoil(queue);
      await expectRunningToEnd(queue);
      await expectWaitingDone(queue);
      expect(queue.history().map(({ name }) => name)).toEqual(["early", "runs", ...WAITING]);
      await until("the status", () => queue.status()?.running.length === 0);
    });
  });

  it.each(HARMLESS)(
    "%s while no manager runs is taken up by the next with nothing lost",
    async (_, spoil) => {
      await withQueue({ MaxNbProcessors: 1 }, async (queue) => {
        await fill(queue);
        await queue.manager.kill();
        spoil(queue);
        await queue.start();
        await expectRunningToEnd(queue);
        await expectWaitingDone(queue);
        expect(queue.history("early")).toHaveLength(1);
      });
    },
  );
});

// Tried again, since a manager that runs puts new files there meanwhile.
async function removeState({ layout }: TestQueue): Promise<void> {
  await until("the removal", () => {
    try {
      fs.rmSync(layout.state, { recursive: true, force: true });
      return true;
    } catch {
      return false;
    }
  });
}

/** Ways to take the manager's whole state away. */
const ROBBING: readonly (readonly [string, (queue: TestQueue) => Promise<unknown>])[] = [
  ["under the running manager", removeState],
  [
    "while no manager runs",
    async (queue) => {
      await queue.manager.kill();
      await removeState(queue);
      await queue.start();
    },
  ],
];

describe.concurrent("a queue whose .qm is deleted", () => {
  it.each(ROBBING)("%s calls what ran lost, ends it, and runs what waits", async (_, rob) => {
    await withQueue({ MaxNbProcessors: 1 }, async (queue) => {
      await fill(queue);
      await rob(queue);
      expect(await queue.ended("runs")).toMatchObject({ state: "lost", attempt: 1 });
      expect(queue.read("runs", "QM_status.txt")).toMatch(/^LOST/);
      await expectWaitingDone(queue);
      expect(queue.processes()).toEqual([]);
      for (const name of ["early", "runs"]) expect(queue.history(name)).toHaveLength(1);
    });
  });
});

/** One that has ended, one that runs, and three that wait, admitted one after the other. */
async function fill(queue: TestQueue): Promise<void> {
  await queue.start();
  queue.deliver("early", { script: "exit 2" });
  await queue.ended("early");
  queue.deliver("runs", { script: RUNS_TILL_TOLD });
  await queue.wrote("runs", "up");
  for (const name of WAITING) {
    queue.deliver(name, { script: "echo ran >>ran" });
    await until(`the admission of ${name}`, () => queue.said.includes(`job admitted job=${name} `));
  }
}

async function expectRunningToEnd(queue: TestQueue): Promise<void> {
  fs.writeFileSync(path.join(queue.folder("running", "runs"), "go"), "");
  expect(await queue.ended("runs")).toMatchObject({ state: "failed", exitCode: 5, attempt: 1 });
  expect(queue.read("runs", "ran")).toMatch(/^\d+\n$/);
  expect(queue.history("runs")).toHaveLength(1);
}

async function expectWaitingDone(queue: TestQueue): Promise<void> {
  for (const name of WAITING) {
    expect(await queue.ended(name)).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.read(name, "ran")).toBe("ran\n");
    expect(queue.history(name)).toHaveLength(1);
  }
}

/** Leaves the first half of a file, as a crash of the machine may. */
function tear(file: string): void {
  fs.truncateSync(file, Math.floor(fs.statSync(file).size / 2));
}
