import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { makeQueue } from "./queue-fixture.ts";

const ECHO = { script: "echo hello" };

describe("names", () => {
  it("that are taken in any folder, in any case, get a number", async () => {
    const queue = makeQueue();
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    fs.mkdirSync(queue.folder("finished", "caf\u00e9"));
    fs.mkdirSync(queue.folder("lost", "lost"));
    await queue.run();
    queue.deliver("twice", ECHO);
    await queue.shows("the first", ({ waiting }) => waiting.length === 1);
    for (const name of ["CAFE\u0301", "LOST", "Twice"]) queue.deliver(name, ECHO);
    const waiting = await queue.shows("all four", (status) => status.waiting.length === 4 && status.waiting);
    expect(waiting.map(({ name }) => name).toSorted()).toEqual([
      "CAFE\u0301-2",
      "LOST-2",
      "Twice-2",
      "twice",
    ]);
  });

  it("that are taken get a number also where the newcomer is withdrawn as it arrives", async () => {
    const queue = makeQueue();
    fs.mkdirSync(queue.folder("finished", "Fit"));
    await queue.run();
    queue.deliver("fit", ECHO, { QM_KILL: "ada\n" });
    expect(await queue.ended("fit-2")).toMatchObject({ state: "killed", name: "fit-2" });
    expect(fs.readdirSync(queue.layout.finished).sort()).toEqual(["Fit", "fit-2"]);
  });

  it("that are no UTF-8 are read as Latin-1", async () => {
    const queue = makeQueue();
    await queue.run();
    const raw = Buffer.concat([Buffer.from(`${queue.layout.queue}/caf`), Buffer.from([0xe9])]);
    fs.renameSync(queue.stage(ECHO, { QM_READY: "" }), raw);
    expect(await queue.ended("caf\u00e9")).toMatchObject({ state: "done", name: "caf\u00e9" });
    expect(queue.log.of("job renamed to UTF-8, as its name was Latin-1")).toMatchObject([
      { fields: { job: "caf\u00e9" } },
    ]);
    expect(queue.log.of("job renamed, as its name is taken")).toEqual([]);
  });

  it("that read the same are two jobs, and both run", async () => {
    const queue = makeQueue();
    const pause = path.join(queue.layout.root, "QM_PAUSE");
    fs.writeFileSync(pause, "");
    await queue.run();
    queue.deliver("\u00e9", { script: "echo utf8" });
    const raw = Buffer.concat([Buffer.from(`${queue.layout.queue}/`), Buffer.from([0xe9])]);
    fs.renameSync(queue.stage({ script: "echo latin1" }, { QM_READY: "" }), raw);
    await queue.shows("one waiting", ({ waiting }) => waiting.length === 1);
    fs.rmSync(pause);
    expect(await queue.ended("\u00e9")).toMatchObject({ state: "done" });
    expect(await queue.ended("\u00e9-2")).toMatchObject({ state: "done" });
    expect(queue.read("\u00e9-2", "process.log")).toContain("latin1");
    expect(queue.log.of("job renamed, as its name is taken")).toMatchObject([
      { fields: { from: "\u00e9", job: "\u00e9-2" } },
    ]);
  });

  it("that are long, spaced or broken over lines run as they are", async () => {
    const queue = makeQueue();
    await queue.run();
    const names = ["a b'\"c", "two\nlines", "n".repeat(255)];
    for (const name of names) queue.deliver(name, ECHO);
    for (const name of names) expect(await queue.ended(name)).toMatchObject({ state: "done", name });
  });
});
