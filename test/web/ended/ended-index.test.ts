import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { JOB_FILES, type Layout } from "../../../src/queue/layout.ts";
import { EndedIndex } from "../../../src/web/ended/ended-index.ts";
import { endedRecord } from "../../support/job-record.ts";
import { makeQueueFolder, type QueueFolder } from "../../support/queue-folder.ts";
import { fill } from "../../support/scratch.ts";
import { listed, look, stopClock } from "./ended-fixture.ts";

let queue: QueueFolder;
let layout: Layout;
let index: EndedIndex;

beforeEach(() => {
  queue = makeQueueFolder();
  layout = queue.layout;
  index = new EndedIndex(layout);
  return stopClock();
});

const at = (minute: number) => ({ finishedAt: new Date(Date.UTC(2026, 0, 5, 11, minute)).toISOString() });

test("lists what has ended and lies there, newest first, from both stages", async () => {
  queue.putEnded("first", at(1));
  queue.putEnded("second", { state: "lost", ...at(2) }, "lost");
  queue.putEnded("third", at(3));
  expect(await listed(index)).toEqual(["third", "second", "first"]);
  expect((await index.page({}, 1, 1)).jobs).toMatchObject([{ name: "second", stage: "lost", state: "lost" }]);
});

test("a folder that is deleted by hand is listed no more, and its attempts are still known", async () => {
  queue.putEnded("gone");
  queue.putEnded("stays");
  expect(await listed(index)).toEqual(["stays", "gone"]);
  fs.rmSync(path.join(layout.finished, "gone"), { recursive: true });
  expect((await index.page({}, 0, 10)).jobs.map(({ name }) => name)).toEqual(["stays"]);
  expect(await listed(index)).toEqual(["stays"]);
  expect((await index.page({}, 0, 10)).total).toBe(1);
  expect(index.attemptsOf("gone")).toHaveLength(1);
});

test("a folder that is put there by hand is listed last, as one without a record", async () => {
  queue.putEnded("a");
  await listed(index);
  fs.mkdirSync(path.join(layout.finished, "by-hand"));
  expect(await listed(index)).toEqual(["a", "by-hand"]);
  const [byHand] = (await index.page({}, 1, 1)).jobs;
  expect(byHand?.reason).toContain("by hand");
});

describe("a folder", () => {
  const inFinished = (name: string) => path.join(layout.finished, name);
  const shown = async (filter = {}) =>
    (await index.page(filter, 0, 100)).jobs.map(({ name, state }) => `${name} ${state}`);

  test("that took the place of another is listed as what it is, and counted so", async () => {
    queue.putEnded("a", at(1));
    queue.putEnded("b", { state: "failed", ...at(2) });
    await listed(index);
    fs.rmSync(inFinished("a"), { recursive: true });
    fs.renameSync(inFinished("b"), inFinished("a"));
    await look(index);
    expect(await shown({ outcome: "done" })).toEqual([]);
    expect(await shown()).toEqual(["a failed"]);
    expect((await index.page({ outcome: "trouble" }, 0, 5)).total).toBe(1);
  });

  test.each([
    ["renamed", (from: string, to: string) => fs.renameSync(from, to), ["new done"]],
    [
      "copied",
      (from: string, to: string) => fs.cpSync(from, to, { recursive: true }),
      ["old done", "new done"],
    ],
  ])("that was %s is listed by its own record", async (_, act, expected) => {
    queue.putEnded("old", at(1));
    await listed(index);
    act(inFinished("old"), inFinished("new"));
    await look(index);
    expect(await shown()).toEqual(expected);
    expect((await index.page({}, 0, 5)).jobs[0]?.finishedMs).toBe(Date.parse(at(1).finishedAt));
  });

  test("whose record comes after its name is listed by that, though it has not been shown", async () => {
    queue.putEnded("old", at(1));
    fs.mkdirSync(inFinished("copy"));
    await look(index);
    fs.cpSync(inFinished("old"), inFinished("copy"), { recursive: true });
    await look(index);
    expect((await index.page({ outcome: "done" }, 0, 0)).total).toBe(2);
  });

  test("whose record says that it runs is no job that has ended, unless the history has that end", async () => {
    queue.putEnded("a", at(1));
    fill(inFinished("a"), {
      [JOB_FILES.record]: JSON.stringify(endedRecord("a", { state: "running", runId: "second" })),
    });
    await look(index);
    expect(await shown()).toEqual(["a lost"]);
    queue.appendHistory(endedRecord("elsewhere", { runId: "second", state: "killed" }));
    await look(index);
    expect(await shown()).toEqual(["a killed"]);
  });

  test("that is shown again and again is no change", async () => {
    queue.putEnded("a");
    fs.mkdirSync(inFinished("by-hand"));
    await listed(index);
    const { version } = index;
    await listed(index);
    expect(index.version).toBe(version);
  });
});

test("a name that lies in both stages is listed once, and is no change again and again", async () => {
  queue.putEnded("twice");
  fs.mkdirSync(path.join(layout.lost, "twice"));
  expect(await listed(index)).toEqual(["twice"]);
  const { version } = index;
  expect(await listed(index)).toEqual(["twice"]);
  expect(index.version).toBe(version);
});

test("links, files, hidden and temporary names in a stage are no jobs", async () => {
  fs.symlinkSync("/etc", path.join(layout.finished, "link"));
  fs.writeFileSync(path.join(layout.finished, "file"), "");
  for (const name of [".hidden", "copy.part", "~old"]) fs.mkdirSync(path.join(layout.finished, name));
  expect(await listed(index)).toEqual([]);
});

test("a name whose bytes are no text is passed over", async () => {
  fs.mkdirSync(Buffer.concat([Buffer.from(`${layout.finished}/bad-`), Buffer.from([0xff, 0xfe])]));
  queue.putEnded("good");
  expect(await listed(index)).toEqual(["good"]);
  expect((await index.page({}, 0, 10)).total).toBe(1);
});

test("a job that runs again is listed once it has ended again, with its last attempt", async () => {
  queue.putEnded("again", { state: "failed", ...at(1) });
  queue.putEnded("other", at(2));
  await listed(index);
  fs.renameSync(path.join(layout.finished, "again"), path.join(layout.queue, "again"));
  expect(await listed(index)).toEqual(["other"]);
  fs.rmSync(path.join(layout.queue, "again"), { recursive: true });
  queue.putEnded("again", { attempt: 2, ...at(3) });
  expect(await listed(index)).toEqual(["again", "other"]);
  expect((await index.page({}, 0, 1)).jobs).toMatchObject([{ attempt: 2, state: "done" }]);
  expect(index.attemptsOf("again").map(({ attempt }) => attempt)).toEqual([2, 1]);
});

test("a deleted or replaced history leaves the folders", async () => {
  queue.putEnded("a", at(1));
  queue.putEnded("b", at(2));
  await listed(index);
  fs.rmSync(layout.history);
  expect((await listed(index)).sort()).toEqual(["a", "b"]);
  expect(index.attempts).toEqual([]);
  fs.writeFileSync(layout.history, `${JSON.stringify(endedRecord("b", at(5)))}\n`);
  expect(await listed(index)).toEqual(["b", "a"]);
  expect(index.attempts).toHaveLength(1);
});

test("while a replaced history is read, what was known before is shown", async () => {
  queue.putManyEnded(
    Array.from({ length: 2000 }, (_, number) => endedRecord(`job-${number}`, at(number % 60))),
  );
  await look(index);
  fs.copyFileSync(layout.history, `${layout.history}.new`);
  fs.renameSync(`${layout.history}.new`, layout.history);
  const refreshing = index.refresh();
  for (let looks = 0; looks < 20; looks += 1) {
    expect((await index.page({}, 0, 1)).total).toBe(2000);
    expect(index.attempts).toHaveLength(2000);
  }
  await refreshing;
  expect((await index.page({}, 0, 1)).total).toBe(2000);
});

describe("the version", () => {
  test("changes with every change and not without", async () => {
    const versions = new Set<number>();
    const step = async (change: () => void) => {
      change();
      await look(index);
      const { size } = versions;
      versions.add(index.version);
      expect(versions.size).toBe(size + 1);
      await look(index);
      await index.page({}, 0, 10);
      expect(versions.has(index.version)).toBe(true);
    };
    await step(() => queue.putEnded("a"));
    await step(() => queue.putEnded("b"));
    await step(() => fs.mkdirSync(path.join(layout.lost, "by-hand")));
    await step(() => fs.rmSync(path.join(layout.finished, "a"), { recursive: true }));
    await step(() => fs.rmSync(layout.history));
  });
});

test("the newest of some kind since a time are found, and counted beyond those shown", async () => {
  for (let number = 0; number < 20; number += 1)
    queue.putEnded(`job-${number}`, { state: number % 2 === 0 ? "failed" : "done", ...at(number) });
  await look(index);
  const found = await index.page({ outcome: "failed", sinceMs: Date.UTC(2026, 0, 5, 11, 8) }, 0, 3);
  expect(found.jobs.map(({ name }) => name)).toEqual(["job-18", "job-16", "job-14"]);
  expect(found.total).toBe(6);
});

test("a clock that was set back hides no failure", async () => {
  queue.putEnded("failed", { state: "failed", ...at(30) });
  queue.putEnded("after-the-clock-was-set-back", at(1));
  await look(index);
  const { total } = await index.page({ outcome: "failed", sinceMs: Date.UTC(2026, 0, 5, 11, 20) }, 0, 5);
  expect(total).toBe(1);
});

test("five thousand jobs have their pages, their owners and their filters", async () => {
  const records = Array.from({ length: 5000 }, (_, number) => {
    const state = number % 10 === 0 ? "failed" : "done";
    const changes = { owner: `owner-${number % 3}`, state, ...at(number) } as const;
    return endedRecord(`job-${String(number).padStart(4, "0")}`, changes);
  });
  queue.putManyEnded(records);
  await look(index);
  const page = await index.page({}, 4975, 25);
  expect(page.total).toBe(5000);
  expect(page.jobs.map(({ name }) => name)).toEqual(
    Array.from({ length: 25 }, (_, place) => `job-${String(24 - place).padStart(4, "0")}`),
  );
  expect(index.owners()).toEqual(["owner-0", "owner-1", "owner-2"]);
  expect((await index.page({ outcome: "trouble", owner: "OWNER-0" }, 0, 5)).total).toBe(167);
  expect((await index.page({ text: "JOB-49 owner-1" }, 0, 100)).jobs).toHaveLength(34);
  expect((await index.page({}, 5000, 25)).jobs).toEqual([]);
});
