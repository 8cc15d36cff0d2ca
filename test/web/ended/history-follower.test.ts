import fs from "node:fs";
import { beforeEach, expect, test } from "vitest";
import type { JobRecord } from "../../../src/job/record.ts";
import type { Layout } from "../../../src/queue/layout.ts";
import { HistoryFollower } from "../../../src/web/ended/ended-history.ts";
import { jobRecord } from "../../support/job-record.ts";
import { makeQueueFolder, type QueueFolder } from "../../support/queue-folder.ts";

let queue: QueueFolder;
let layout: Layout;
let follower: HistoryFollower;

beforeEach(() => {
  queue = makeQueueFolder();
  layout = queue.layout;
  follower = new HistoryFollower(layout.history);
});

async function readNew() {
  const { isAnew, records } = await follower.readNew();
  return { isAnew, records: records.map(({ name }) => name) };
}

const line = (name: string) => `${JSON.stringify(jobRecord(name))}\n`;

test("tells each line once, as it comes", async () => {
  expect(await readNew()).toEqual({ isAnew: false, records: [] });
  queue.appendHistory(jobRecord("a"));
  queue.appendHistory(jobRecord("b"));
  expect((await readNew()).records).toEqual(["a", "b"]);
  expect(await readNew()).toEqual({ isAnew: false, records: [] });
  queue.appendHistory(jobRecord("c"));
  expect(await readNew()).toEqual({ isAnew: false, records: ["c"] });
});

test("a last line that is still being written is told when it is whole", async () => {
  const text = Buffer.from(line("a") + line("b-ü€"));
  const told: string[] = [];
  for (let at = 0; at < text.length; at += 7) {
    fs.appendFileSync(layout.history, text.subarray(at, at + 7));
    const { isAnew, records } = await readNew();
    expect(isAnew).toBe(at === 0);
    told.push(...records);
  }
  expect(told).toEqual(["a", "b-ü€"]);
});

test("lines far longer than what is read at once are whole", async () => {
  const description = "ü€𝄞".repeat(100_000);
  for (const name of ["a", "b"]) queue.appendHistory(jobRecord(name, { description }));
  const { records } = await follower.readNew();
  expect(records.map((record) => record.description)).toEqual([description, description]);
});

test("torn and strange lines are passed over", async () => {
  fs.writeFileSync(layout.history, `${line("a").slice(0, 40)}\n{}\nnull\n\0\xff\n${line("b")}`);
  expect((await readNew()).records).toEqual(["b"]);
});

test.each([
  ["replaced by another file", (text: string) => replace(text)],
  ["cut and written anew", (text: string) => fs.writeFileSync(layout.history, text)],
  ["deleted and made anew", (text: string) => makeAnew(text)],
])("a history that was %s is read from its start", async (_what, rewrite) => {
  fs.writeFileSync(layout.history, line("a") + line("b"));
  await readNew();
  for (const text of [line("x"), line("y") + line("z"), line("long".repeat(50)) + line("b")]) {
    rewrite(text);
    const names = text
      .split("\n")
      .flatMap((json) => (json === "" ? [] : (JSON.parse(json) as JobRecord).name));
    expect(await readNew()).toEqual({ isAnew: true, records: names });
  }
});

test("a history that was deleted tells nothing any more", async () => {
  queue.appendHistory(jobRecord("a"));
  await readNew();
  fs.rmSync(layout.history);
  expect(await readNew()).toEqual({ isAnew: true, records: [] });
  expect(await readNew()).toEqual({ isAnew: false, records: [] });
});

function makeAnew(text: string): void {
  fs.rmSync(layout.history);
  fs.writeFileSync(layout.history, text);
}

function replace(text: string): void {
  fs.writeFileSync(`${layout.history}.new`, text);
  fs.renameSync(`${layout.history}.new`, layout.history);
}
