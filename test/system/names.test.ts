import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

beforeAll(async () => {
  queue = new TestQueue({ MaxNbProcessors: 4, Settle_Time: 0.3 });
  await queue.start();
});

afterAll(async () => {
  await queue.close();
});

const QUICK = { script: `printf 'ran %s\\n' "$QM_JOB_NAME"` };
const LONG = { script: "echo >up; sleep 60" };

describe("a newcomer with the name of a job", () => {
  it.each([
    ["exactly", "twin", "twin", "twin-2"],
    ["in another case", "Upper", "uPPER", "uPPER-2"],
    ["composed otherwise", "caf\u00e9", "cafe\u0301", "cafe\u0301-2"],
  ])("that has run gets a number: %s", async (_, first, second, renamed) => {
    queue.deliver(first, QUICK);
    await queue.ended(first);
    queue.deliver(second, QUICK);
    expect(await queue.ended(renamed)).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.stagesOf(first)).toEqual(["finished"]);
    expect(queue.history(first)).toHaveLength(1);
  });

  it("that runs gets a number", async () => {
    queue.deliver("running", LONG);
    await queue.wrote("running", "up");
    queue.deliver("RUNNING", QUICK);
    expect(await queue.ended("RUNNING-2")).toMatchObject({ state: "done" });
    queue.request("running", "running", "QM_KILL");
    expect(await queue.ended("running")).toMatchObject({ state: "killed" });
  });

  it("that waits gets a number", async () => {
    queue.deliver("waiting", QUICK, { QM_HOLD: "" });
    await until("the first one's admission", () => queue.status()?.waiting.some(({ held }) => held));
    queue.deliver("Waiting", QUICK);
    expect(await queue.ended("Waiting-2")).toMatchObject({ state: "done" });
    fs.rmSync(path.join(queue.folder("queue", "waiting"), "QM_HOLD"));
    expect(await queue.ended("waiting")).toMatchObject({ state: "done" });
  });

  it("that arrived at the same time gets a number, and both run", async () => {
    const own = new TestQueue();
    try {
      for (const name of ["same", "SAME"]) own.deliver(name, QUICK);
      await own.start();
      const ended = await until("the end of both", () => {
        const names = fs.readdirSync(own.layout.finished);
        return names.length === 2 && names;
      });
      expect(new Set(ended.map((name) => name.toLowerCase()))).toEqual(new Set(["same", "same-2"]));
    } finally {
      await own.close();
    }
  });
});

describe("a name", () => {
  it.each([
    ["with spaces", " two  words "],
    ["with quotes", `it's "so" \`here\` $HOME \\n`],
    ["with a newline", "two\nlines"],
    ["with shell operators", "a;rm -rf *&&b|c>d"],
    ["with a percent sign", "100% %s %(x)s"],
    ["that begins with a dash", "-n"],
    ["of 255 bytes", `${"é".repeat(127)}x`],
    ["with control characters", "bell\u0007esc\u001b[31m"],
    ["of an emoji", "🧪 test"],
  ])("%s is kept and works", async (_, name) => {
    queue.deliver(name, QUICK);
    expect(await queue.ended(name)).toMatchObject({ state: "done", name, attempt: 1 });
    expect(queue.read(name, "process.log")).toContain(`ran ${name}\n`);
    expect(queue.history(name)).toHaveLength(1);
    for (const control of ["\u0007", "\u001b"]) {
      expect(queue.read(name, "QM_status.txt")).not.toContain(control);
    }
  });

  it("of 255 bytes that is taken is shortened", async () => {
    const name = "y".repeat(255);
    queue.deliver(name, QUICK);
    await queue.ended(name);
    queue.deliver(name, QUICK);
    expect(await queue.ended(`${"y".repeat(253)}-2`)).toMatchObject({ state: "done" });
  });

  it("in Latin-1 is taken for what it means", async () => {
    const staged = queue.stage(QUICK, { QM_READY: "" });
    const raw = Buffer.concat([Buffer.from(`${queue.layout.queue}/`), Buffer.from("Müller", "latin1")]);
    fs.renameSync(staged, raw);
    expect(await queue.ended("Müller")).toMatchObject({ state: "done", name: "Müller" });
  });

  it("of a hidden or temporary kind is no job", async () => {
    const names = ["~backup", "x.part", "x.filepart", "x.tmp", "__MACOSX", "LOST+FOUND", "#recycle"];
    for (const name of names) queue.deliver(name, QUICK);
    queue.deliver("after-them", QUICK);
    await queue.ended("after-them");
    expect(names.map((name) => queue.stagesOf(name))).toEqual(names.map(() => ["queue"]));
  });

  it("of a plain file in the queue is shown with a hint, and the file is left alone", async () => {
    fs.writeFileSync(path.join(queue.layout.queue, "lonely.cfg"), "[QMOptions]\nscript : true\n");
    fs.symlinkSync("/etc", path.join(queue.layout.queue, "link"));
    const strays = await until("the strays in the status", () => {
      const found = queue.status()?.strays ?? [];
      return found.length === 2 && found;
    });
    expect(strays.map(({ name }) => name).toSorted()).toEqual(["link", "lonely.cfg"]);
    expect(strays.every(({ reason }) => reason.includes("put it into one"))).toBe(true);
  });
});
