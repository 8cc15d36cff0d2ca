import fs from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { orSkip, toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";

const ALLOWED = /^Cpus_allowed_list:\s*(\S+)$/m.exec(fs.readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
const TELLS =
  "grep Cpus_allowed_list /proc/self/status; nproc; echo >up; until [ -e go ]; do sleep 0.05; done";

let queue: TestQueue;

afterEach(async () => {
  await queue.close();
});

function release(...names: readonly string[]): void {
  for (const name of names) fs.writeFileSync(`${queue.folder("running", name)}/go`, "");
}

/** Findings of a job of `TELLS`: the processors it may use, and how many `nproc` counts. */
function told(name: string): { processors: string; nproc: number } {
  const log = queue.read(name, "process.log") ?? "";
  const [, processors = "", nproc] = /Cpus_allowed_list:\s*(\S+)\n(\d+)\n/.exec(log) ?? [];
  return { processors, nproc: Number(nproc) };
}

describe.runIf(toolOrSkip("taskset") && orSkip(/[-,]/.test(ALLOWED), "two processors"))(
  "a job's processors",
  () => {
    it("are its own, and no more than it was granted", async () => {
      queue = new TestQueue({ MaxNbProcessors: 2 });
      await queue.start();
      for (const name of ["one", "two"]) queue.deliver(name, { script: TELLS });
      for (const name of ["one", "two"]) await queue.wrote(name, "up");
      const running = [told("one"), told("two")];
      expect(running.map(({ nproc }) => nproc)).toEqual([1, 1]);
      expect(running[0]?.processors).not.toBe(running[1]?.processors);
      release("one", "two");
      for (const name of ["one", "two"]) await queue.ended(name);

      queue.deliver("both", { script: TELLS, nb_proc: 2 });
      await queue.wrote("both", "up");
      expect(told("both").nproc).toBe(2);
      release("both");
      expect(await queue.ended("both")).toMatchObject({ processors: 2 });
    });

    it("stay its own when another manager has taken over", async () => {
      queue = new TestQueue({ MaxNbProcessors: 2 });
      const first = await queue.start();
      queue.deliver("old", { script: TELLS });
      await queue.wrote("old", "up");
      await first.kill();
      await queue.start();
      queue.deliver("new", { script: TELLS });
      await queue.wrote("new", "up");
      expect(told("new").processors).not.toBe(told("old").processors);
      release("old", "new");
    });

    it("are not bound where more may be used than there are", async () => {
      queue = new TestQueue({ MaxNbProcessors: 64 });
      await queue.start();
      queue.deliver("free", { script: TELLS });
      await queue.wrote("free", "up");
      expect(told("free").processors).toBe(ALLOWED);
      release("free");
    });
  },
);

describe("the limit", () => {
  it("holds over a restart that lowers it: nothing starts until enough has ended", async () => {
    queue = new TestQueue({ MaxNbProcessors: 4 });
    const first = await queue.start();
    for (const name of ["a", "b", "c"]) queue.deliver(name, { script: TELLS });
    for (const name of ["a", "b", "c"]) await queue.wrote(name, "up");
    await first.kill();
    queue.configure({ MaxNbProcessors: 2 });
    await queue.start();
    queue.deliver("d", { script: "true" });
    await until("the waiting job", () => queue.status()?.waiting.length === 1);
    release("a");
    await queue.ended("a");
    expect(queue.stagesOf("d")).toEqual(["queue"]);
    release("b");
    expect(await queue.ended("d")).toMatchObject({ state: "done" });
    expect(queue.stagesOf("c")).toEqual(["running"]);
  });

  it("in blocking lets one job run at a time, whatever it asks for", async () => {
    queue = new TestQueue({ MaxNbProcessors: 4, launch_type: "blocking" });
    await queue.start();
    for (const name of ["a", "b"]) queue.deliver(name, { script: TELLS });
    const name = await until("the first job", () =>
      ["a", "b"].find((candidate) => queue.read(candidate, "up")),
    );
    const other = name === "a" ? "b" : "a";
    await until("the other one waiting", () => queue.status()?.waiting.some((job) => job.name === other));
    expect(queue.stagesOf(other)).toEqual(["queue"]);
    release(name);
    await queue.wrote(other, "up");
    expect(queue.stagesOf(name)).toEqual(["finished"]);
    release(other);
  });
});
