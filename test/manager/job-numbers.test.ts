import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { History } from "../../src/queue/books/history.ts";
import { firstNumber, JobNumbers } from "../../src/queue/books/job-numbers.ts";
import { jobRecord } from "../support/job-record.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

/** Runs a manager until these jobs have ended, and gives the number of each. */
async function numbersOf(
  queue: InProcessQueue,
  ...names: readonly string[]
): Promise<(number | undefined)[]> {
  await queue.run();
  const numbers: (number | undefined)[] = [];
  for (const name of names) numbers.push((await queue.ended(name)).number);
  await queue.stop();
  return numbers;
}

function deliver(queue: InProcessQueue, ...names: readonly string[]): void {
  for (const name of names) queue.deliver(name, { script: "true" });
}

describe("the number of a job", () => {
  it("is the next one of its queue, over restarts, in the record, the history and the status text", async () => {
    const queue = makeQueue();
    deliver(queue, "a", "b");
    expect(new Set(await numbersOf(queue, "a", "b"))).toEqual(new Set([1, 2]));
    deliver(queue, "c");
    expect(await numbersOf(queue, "c")).toEqual([3]);
    expect(queue.history("c").map(({ number }) => number)).toEqual([3]);
    expect(queue.read("c", "QM_status.txt")).toMatch(/^Number: +3$/m);
  });

  it.each(["admissions", "nextNumber", "history"] as const)(
    "is never given twice, whatever is deleted: %s",
    async (file) => {
      const queue = makeQueue();
      deliver(queue, "a", "b");
      const before = await numbersOf(queue, "a", "b");
      queue.deliver("held", { script: "true" }, { QM_HOLD: "" });
      await queue.run();
      const held = await queue.shows("the held job", ({ waiting }) => waiting[0]?.number);
      await queue.stop();
      fs.rmSync(queue.layout[file], { force: true });
      fs.rmSync(queue.layout.status);
      deliver(queue, "c");
      await queue.run();
      const waits = await queue.shows("the held job again", ({ waiting }) => waiting[0]?.number);
      const { number: after } = await queue.ended("c");
      expect(new Set([...before, held, after]).size).toBe(4);
      expect(waits === held).toBe(file !== "admissions");
      expect([...before, after]).not.toContain(waits);
    },
  );

  it("is kept by a job that is moved back, and by a refused one; a copy gets another", async () => {
    const queue = makeQueue();
    deliver(queue, "a");
    expect(await numbersOf(queue, "a")).toEqual([1]);
    fs.cpSync(queue.folder("finished", "a"), queue.folder("queue", "copy"), { recursive: true });
    fs.renameSync(queue.folder("finished", "a"), queue.folder("queue", "a"));
    expect(await numbersOf(queue, "a", "copy")).toEqual([1, 2]);
    expect(queue.record("a")?.attempt).toBe(2);
    queue.deliver("bad", { nb_proc: "none" });
    expect(await numbersOf(queue, "bad")).toEqual([3]);
    fs.renameSync(queue.folder("lost", "bad"), queue.folder("queue", "bad"));
    fs.writeFileSync(
      path.join(queue.folder("queue", "bad"), "proc_config.cfg"),
      "[QMOptions]\nscript : true\n",
    );
    expect(await numbersOf(queue, "bad")).toEqual([3]);
  });

  it("is given to old lines of the history in their order, one for all attempts of a job", async () => {
    const queue = makeQueue();
    const old = [
      jobRecord("a", { runId: "1" }),
      jobRecord("b", { runId: "2" }),
      jobRecord("a", { runId: "3", attempt: 2 }),
      jobRecord("b", { runId: "4" }),
    ];
    fs.mkdirSync(queue.layout.state, { recursive: true });
    const lines = old.map((record) => JSON.stringify({ ...record, own: "kept" }));
    fs.writeFileSync(queue.layout.history, `${lines.join("\n")}\n{"torn": \n`);
    deliver(queue, "c");
    expect(await numbersOf(queue, "c")).toEqual([4]);
    expect(queue.history().map(({ number }) => number)).toEqual([1, 2, 1, 3, 4]);
    const text = fs.readFileSync(queue.layout.history, "utf8");
    expect(text).toContain('{"torn": \n');
    expect(text.match(/"own":"kept"/g)).toHaveLength(4);
  });
});

describe("the counter of a queue", () => {
  it("skips numbers after a crash, and gives none twice", () => {
    const { layout } = makeQueue();
    fs.mkdirSync(layout.state, { recursive: true });
    const open = () => new JobNumbers(layout.nextNumber, () => firstNumber(layout, []));
    const first = open();
    expect([first.next(), first.next()]).toEqual([1, 2]);
    const afterCrash = open();
    const number = afterCrash.next() ?? 0;
    expect(number).toBeGreaterThan(2);
    afterCrash.close();
    expect(open().next()).toBe(number + 1);
  });

  it("keeps no job waiting where the disk takes no note of it", () => {
    const { layout } = makeQueue();
    const numbers = new JobNumbers(path.join(layout.state, "absent", "next-number"), () => 1);
    expect(numbers.next()).toBeUndefined();
  });

  it("begins above all that the folders tell of where it was deleted with everything else in .qm", async () => {
    const queue = makeQueue();
    deliver(queue, "a", "b");
    await numbersOf(queue, "a", "b");
    fs.rmSync(queue.layout.state, { recursive: true });
    deliver(queue, "c");
    const [number = 0] = await numbersOf(queue, "c");
    expect(number).toBeGreaterThan(2);
    expect(new History(queue.layout.history).recent().length).toBeGreaterThan(0);
  });
});
