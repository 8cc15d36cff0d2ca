import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

beforeEach(async () => {
  queue = new TestQueue({ MaxNbProcessors: 1 });
  await queue.start();
});

afterEach(async () => {
  await queue.close();
});

/** The job ends with its own exit code and gives its only processor back. */
async function expectFailedAndGone(name: string): Promise<void> {
  await until(`${name} among the finished`, () => queue.stagesOf(name).includes("finished"));
  expect(queue.history(name)).toMatchObject([{ state: "failed", exitCode: 4 }]);
  expect(queue.stagesOf(name)).toEqual(["finished"]);
  await expectRoomForNext();
}

async function expectRoomForNext(): Promise<void> {
  queue.deliver("next", { script: "true" });
  expect(await queue.ended("next")).toMatchObject({ state: "done" });
  await until("the end of all accounting", () => queue.attempts().length === 0);
}

/** Mischief of a job with the names that the manager writes to at its end. */
const MISCHIEF: readonly (readonly [string, string])[] = [
  ["makes a folder of the status text's name", "mkdir -p QM_status.txt/x"],
  ["makes a folder of the record's name", "rm -f .qm/job.json; mkdir -p .qm/job.json/x"],
  ["removes the manager's records", "rm -rf .qm"],
  ["puts a link in the records' place", "rm -rf .qm; ln -s / .qm"],
  ["puts a FIFO in the log's place", "rm process.log; mkfifo process.log"],
  ["puts a link in the log's place", "rm process.log; ln -s /dev/full process.log"],
  ["puts a folder in the log's place", "rm process.log; mkdir process.log"],
  ["takes the rights from its folder and its log", "chmod 000 process.log .qm/job.json .qm ."],
  ["puts a folder with content in a request's place", "mkdir -p QM_HOLD/x QM_TOP/x QM_READY/x"],
];

describe("a job that", () => {
  it.each(MISCHIEF)("%s ends with its outcome, and the next one runs", async (_, script) => {
    queue.deliver("mischief", { script: `${script}; exit 4` });
    await expectFailedAndGone("mischief");
  });

  it("leaves its folder for another of the same name ends as killed, and that one does not run", async () => {
    const script = 'cd ..; mv "$QM_JOB_NAME" ../elsewhere; mkdir "$QM_JOB_NAME"; sleep 0.5; exit 4';
    queue.deliver("mischief", { script });
    await until("its line in the history", () => queue.history("mischief").length === 1);
    await expectRoomForNext();
    expect(queue.history("mischief")).toHaveLength(1);
    expect(queue.stagesOf("mischief")).not.toContain("running");
  });
});

describe("a folder that arrives with", () => {
  it.each([
    ["a folder of the record's name", { ".qm/job.json/x": "" }],
    ["a folder of the inputs' name", { ".qm/inputs.json/x": "" }],
    ["a file of the records' name", { ".qm": "mine" }],
    ["a folder of the log's name", { "process.log/x": "" }],
    ["a folder of the status text's name", { "QM_status.txt/x": "" }],
    ["a foreign record that says it has run often", { ".qm/job.json": '{"version":1,"attempt":999999}' }],
  ])("%s runs, and the next one does", async (_, files) => {
    queue.deliver("odd", { script: "exit 4" }, files);
    await expectFailedAndGone("odd");
  });

  it("the longest command line allowed runs, and a longer one is refused", async () => {
    queue.deliver("long", { script: `: ${"x".repeat(64_000)}` });
    queue.deliver("longer", { script: `: ${"x".repeat(200_000)}` });
    expect(await queue.ended("long")).toMatchObject({ state: "done" });
    expect(await queue.ended("longer")).toMatchObject({ state: "invalid" });
  });
});
