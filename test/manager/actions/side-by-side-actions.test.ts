import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { QueueScan } from "../../../src/queue/intake/queue-scan.ts";
import { until } from "../../support/until.ts";
import { type InProcessQueue, makeQueue } from "../queue-fixture.ts";

afterEach(() => vi.restoreAllMocks());

/** Has the disk take its time for some files. */
function slowDisk(isSlow: (file: string) => boolean, ms: number): void {
  const { fsync } = fs;
  vi.spyOn(fs, "fsync").mockImplementation((handle, done) => {
    const slow = isSlow(fs.readlinkSync(`/proc/self/fd/${handle}`));
    setTimeout(() => fsync(handle, done), slow ? ms : 0);
  });
}

/** Has the first pass break off that has taken a job out of the queue, right after it has. */
function breakOffAfter({ layout }: InProcessQueue, name: string): void {
  const noteChange: (this: QueueScan, name: string) => boolean = Reflect.get(
    QueueScan.prototype,
    "noteChange",
  );
  let left = 1;
  vi.spyOn(QueueScan.prototype, "noteChange").mockImplementation(function (this: QueueScan, changed) {
    const hasLeft = changed === name && !fs.existsSync(path.join(layout.queue, name));
    if (hasLeft && left-- > 0) throw new Error("broken off");
    return noteChange.call(this, changed);
  });
}

function pauseFile({ layout }: InProcessQueue): string {
  return path.join(layout.root, "QM_PAUSE");
}

describe.runIf(process.platform === "linux")("when a pass breaks off at one job", () => {
  it("another's claim that waits for the disk goes on to its start, and is not taken for a stranger's folder", async () => {
    const queue = makeQueue({ MaxNbProcessors: 2 });
    fs.writeFileSync(pauseFile(queue), "");
    await queue.run();
    for (const name of ["a", "b"]) queue.deliver(name, { script: "true" });
    await queue.shows("both", ({ waiting }) => waiting.length === 2);
    slowDisk((file) => file.endsWith("/b.1/launch.json"), 2500);
    breakOffAfter(queue, "a");
    fs.rmSync(pauseFile(queue));
    for (const name of ["a", "b"])
      expect(await queue.ended(name)).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.log.of("a pass failed; trying again every second")).toHaveLength(1);
  });

  it("another's end that waits for the disk has one line in the history", async () => {
    const queue = makeQueue({ MaxNbProcessors: 2 });
    await queue.run();
    queue.deliver("z", { script: "until [ -e go ]; do sleep 0.02; done" });
    await queue.wrote("z", "process.log");
    fs.writeFileSync(pauseFile(queue), "");
    queue.deliver("a", { script: "true" });
    await queue.shows("it waiting", ({ waiting }) => waiting.length === 1);
    slowDisk((file) => file.endsWith("history.jsonl"), 2500);
    breakOffAfter(queue, "a");
    endUnseen(queue, "z");
    fs.rmSync(pauseFile(queue));
    for (const name of ["a", "z"]) expect(await queue.ended(name)).toMatchObject({ state: "done" });
    await until("both at rest", () => queue.attempts().length === 0);
    expect(queue.history().map(({ name }) => name)).toHaveLength(2);
  });
});

/** Ends a job while the manager, which is in this process, does not get a turn: it meets the end together with what comes next. */
function endUnseen(queue: InProcessQueue, name: string): void {
  fs.writeFileSync(path.join(queue.folder("running", name), "go"), "");
  const begunMs = performance.now();
  while (performance.now() - begunMs < 300);
}

describe("of two newcomers whose names differ only in case one gets another name", () => {
  const shelved = ({ layout }: InProcessQueue) =>
    [layout.finished, layout.lost].flatMap((stage) => fs.readdirSync(stage)).sort();

  it.each([
    ["refused", { nb_proc: "many" }, {}],
    ["withdrawn", { script: "true" }, { QM_KILL: "ada\n" }],
  ])("also where one is %s", async (_, options, files) => {
    const queue = makeQueue();
    queue.deliver("x", options, files);
    queue.deliver("X", { script: "true" });
    await queue.run();
    await until("both ends", () => shelved(queue).length === 2);
    // Whichever comes first keeps the name.
    expect([
      ["X", "x-2"],
      ["X-2", "x"],
    ]).toContainEqual(shelved(queue));
  });
});
