import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/queue/books/job-records.ts";
import { isRunning } from "../support/queue-folder.ts";
import { orSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { makeQueue } from "./queue-fixture.ts";

function lastLine(text: string | undefined): string {
  return text?.trimEnd().split("\n").at(-1) ?? "";
}

describe("a job that ends by itself", () => {
  it("goes to the finished folder with its log, records, status text and history line", async () => {
    const queue = makeQueue();
    await queue.run();
    const options = {
      script: "cat input.txt && echo result > out.txt",
      e_mail: "ada@lab.org",
      info: "first",
    };
    queue.deliver("one", options, { "input.txt": "hello\n" });
    const record = await queue.ended("one");
    expect(record).toMatchObject({
      version: 1,
      name: "one",
      attempt: 1,
      state: "done",
      exitCode: 0,
      owner: "ada@lab.org",
      description: "first",
      worker: "here",
      processors: 1,
    });
    expect(record.ranSeconds).toBeGreaterThanOrEqual(0);
    expect(Date.parse(record.finishedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(record.startedAt ?? ""));
    expect(queue.stagesOf("one")).toEqual(["finished"]);
    const log = queue.read("one", "process.log") ?? "";
    expect(log).toMatch(/^\[QM\] started .* on here, attempt 1, processors: 1/);
    expect(log).toContain("\nhello\n");
    expect(lastLine(log)).toMatch(/^\[QM\] ended .*: done, the command ended with exit code 0$/);
    expect(queue.read("one", "QM_status.txt")).toMatch(/^DONE {2}one\n/);
    const inputs = readInputs(queue.folder("finished", "one"))?.entries.map((entry) => entry.path);
    expect(inputs?.toSorted()).toEqual(["input.txt", "proc_config.cfg"]);
    expect(queue.history()).toEqual([record]);
    await until("the attempt's records to be removed", () => queue.attempts().length === 0);
    expect(queue.log.of("job started")).toHaveLength(1);
  });

  it("is failed with its exit code when the command says so", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("bad", { script: "exit 3" });
    expect(await queue.ended("bad")).toMatchObject({ state: "failed", exitCode: 3 });
    expect(queue.stagesOf("bad")).toEqual(["finished"]);
    expect(lastLine(queue.read("bad", "process.log"))).toContain(
      "failed, the command ended with exit code 3",
    );
  });

  it("takes the children that it leaves behind with it before it counts as ended", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("stray", { script: "setsid sleep 1000 & echo $! > pid; exit 0" });
    expect(await queue.ended("stray")).toMatchObject({ state: "done" });
    expect(isRunning(Number(queue.read("stray", "pid")))).toBe(false);
    expect(queue.processes()).toEqual([]);
  });

  it("is told of children that do not hear TERM, once the grace is over", async () => {
    const queue = makeQueue({ Kill_Grace: 0.3 });
    await queue.run();
    queue.deliver("deaf", { script: "(trap '' TERM; while :; do sleep 0.1; done) & echo $! > pid; exit 0" });
    expect(await queue.ended("deaf")).toMatchObject({ state: "done", exitCode: 0 });
    expect(isRunning(Number(queue.read("deaf", "pid")))).toBe(false);
  });

  it("has its peak of memory in its record when it could be looked at", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("big", { script: "while [ ! -e go ]; do sleep 0.05; done" });
    // Jobs are looked at every two seconds.
    await queue.shows("it running for a while", ({ running }) => {
      return Date.now() - Date.parse(running[0]?.startedAt ?? "") > 3000;
    });
    fs.writeFileSync(path.join(queue.folder("running", "big"), "go"), "");
    expect((await queue.ended("big")).peakMemoryBytes).toBeGreaterThan(100_000);
  });

  it("runs again as the next attempt when it is moved back, with its old log put aside", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("again", { script: "echo run" });
    await queue.ended("again");
    await until("the first attempt's end", () => queue.attempts().length === 0);
    fs.renameSync(queue.folder("finished", "again"), queue.folder("queue", "again"));
    const second = await until("a second line in the history", () => queue.history("again")[1]);
    expect(second).toMatchObject({ attempt: 2, state: "done" });
    await until("the second end", () => queue.stagesOf("again")[0] === "finished");
    expect(queue.read("again", "process.1.log")).toContain("attempt 1");
    expect(queue.read("again", "process.log")).toContain("attempt 2");
  });
});

describe("processors", () => {
  it("are a running job's own where the machine has as many as may be granted", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    await queue.run();
    queue.deliver("greedy", { script: "nproc > n", nb_proc: 5 });
    expect((await queue.ended("greedy")).processorIds).toHaveLength(1);
    expect(queue.read("greedy", "n")).toBe("1\n");
    expect(queue.read("greedy", "process.log")).toContain("warning: nb_proc 5 was lowered to 1");
  });

  it.runIf(orSkip(os.availableParallelism() >= 2, "two processors"))(
    "are others for each of two jobs that run together",
    async () => {
      const queue = makeQueue({ MaxNbProcessors: 2 });
      await queue.run();
      const script = 'echo up > up; until [ -e "$QM_FOLDER/go" ]; do sleep 0.05; done';
      for (const name of ["a", "b"]) queue.deliver(name, { script });
      for (const name of ["a", "b"]) await queue.wrote(name, "up");
      fs.writeFileSync(path.join(queue.layout.root, "go"), "");
      const granted = [await queue.ended("a"), await queue.ended("b")].flatMap(
        ({ processorIds }) => processorIds,
      );
      expect(new Set(granted).size).toBe(2);
    },
  );

  it("are counted only where more are granted than the machine has", async () => {
    const queue = makeQueue({ MaxNbProcessors: 4096 });
    await queue.run();
    queue.deliver("counted", { script: 'echo "$NB_PROC" > n', nb_proc: 3 });
    const record = await queue.ended("counted");
    expect(record).toMatchObject({ processors: 3 });
    expect(record.processorIds).toBeUndefined();
    expect(queue.read("counted", "n")).toBe("3\n");
  });

  it("are never shared by two running jobs", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    await queue.run();
    for (const name of ["a", "b", "c"]) {
      queue.deliver(name, { script: 'ls -d "$QM_FOLDER"/QM_Jobs/*/ | wc -l > n; sleep 0.2' });
    }
    for (const name of ["a", "b", "c"]) {
      expect(await queue.ended(name)).toMatchObject({ state: "done" });
      expect(queue.read(name, "n")?.trim()).toBe("1");
    }
  });
});
