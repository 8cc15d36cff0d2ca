import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Settings } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";

const INFO = "[QMOptions]\nscript : cat part-* >whole\n";
const PARTS = ["1\n", "2\n", "3\n", "4\n", "5\n", "6\n"];
const WHOLE = PARTS.join("");

/** Far longer than the gaps of a copy here, on a busy machine too. */
const SETTLE_SECONDS = 4;

let queue: TestQueue;

beforeAll(async () => {
  queue = new TestQueue({ MaxNbProcessors: 4, Settle_Time: SETTLE_SECONDS });
  await queue.start();
});

afterAll(async () => {
  await queue.close();
});

describe.concurrent("a folder that is copied over some seconds", () => {
  it("with the info file first runs when it is whole", async () => {
    const folder = makeFolder("info-first");
    fs.writeFileSync(path.join(folder, "proc_config.cfg"), INFO);
    await writeParts(folder, 500);
    expect(await queue.ended("info-first")).toMatchObject({ state: "done" });
    expect(queue.read("info-first", "whole")).toBe(WHOLE);
  });

  it("with the info file last runs when it is whole", async () => {
    const folder = makeFolder("info-last");
    await writeParts(folder, 500);
    fs.writeFileSync(path.join(folder, "proc_config.cfg"), INFO);
    expect(await queue.ended("info-last")).toMatchObject({ state: "done" });
    expect(queue.read("info-last", "whole")).toBe(WHOLE);
  });

  it("with a pause in between earns more patience", async () => {
    const folder = makeFolder("paused");
    fs.writeFileSync(path.join(folder, "proc_config.cfg"), INFO);
    fs.writeFileSync(path.join(folder, "part-0"), "0\n");
    await pause(SETTLE_SECONDS * 600);
    fs.writeFileSync(path.join(folder, "part-1"), "1\n");
    // Longer than the settle time, shorter than three times the pause before.
    await pause(SETTLE_SECONDS * 1300);
    expect(queue.stagesOf("paused")).toEqual(["queue"]);
    fs.writeFileSync(path.join(folder, "part-2"), "2\n");
    fs.writeFileSync(path.join(folder, "QM_READY"), "");
    await queue.ended("paused");
    expect(queue.read("paused", "whole")).toBe("0\n1\n2\n");
  });

  it("with old times, as by cp -a, runs when it is whole", async () => {
    const source = queue.stage({}, { "proc_config.cfg": INFO, "sub/part": "" });
    for (const [index, text] of PARTS.entries()) fs.writeFileSync(path.join(source, `part-${index}`), text);
    for (const name of fs.readdirSync(source)) fs.utimesSync(path.join(source, name), 1e9, 1e9);
    const folder = makeFolder("old-times");
    for (const name of fs.readdirSync(source)) {
      spawnSync("cp", ["-a", path.join(source, name), folder]);
      await pause(400);
    }
    expect(await queue.ended("old-times")).toMatchObject({ state: "done" });
    expect(queue.read("old-times", "whole")).toBe(WHOLE);
  });

  it("is shown while it arrives, and an empty one waits for its content", async () => {
    const folder = makeFolder("empty");
    await until("the empty folder in the status", () =>
      queue
        .status()
        ?.arriving.some(({ name, reason }) => name === "empty" && reason.includes("empty folder")),
    );
    fs.writeFileSync(path.join(folder, "proc_config.cfg"), "[QMOptions]\nscript : true\n");
    expect(await queue.ended("empty")).toMatchObject({ state: "done" });
  });

  it("is left arriving while a temporary name is in it", async () => {
    const folder = makeFolder("rsynced");
    fs.writeFileSync(path.join(folder, "proc_config.cfg"), "[QMOptions]\nscript : cat data\n");
    fs.writeFileSync(path.join(folder, ".data.A1b2C3"), "half");
    await until("the temporary name in the status", () =>
      queue
        .status()
        ?.arriving.some(({ name, reason }) => name === "rsynced" && reason.includes(".data.A1b2C3")),
    );
    await pause(SETTLE_SECONDS * 1200);
    expect(queue.stagesOf("rsynced")).toEqual(["queue"]);
    fs.renameSync(path.join(folder, ".data.A1b2C3"), path.join(folder, "data"));
    expect(await queue.ended("rsynced")).toMatchObject({ state: "done" });
    expect(queue.read("rsynced", "process.log")).toContain("half");
  });
});

describe("a folder that is delivered whole", () => {
  // Longer than any wait below: whoever had to settle would come too late.
  const PATIENT = { Settle_Time: 60 };

  it.each([
    [".hidden", "hidden"],
    ["partial.part", "partial"],
    ["half.filepart", "half"],
  ])("by a rename from %s is admitted at once", async (temporary, name) => {
    await withQueue(PATIENT, async (own) => {
      const folder = own.folder("queue", temporary);
      fs.renameSync(own.stage({ script: "true" }), folder);
      // Known again only by a scan that has seen it under its temporary name.
      fs.writeFileSync(own.folder("queue", "a file"), "");
      await until("such a scan", () => own.status()?.strays[0]?.name === "a file");
      fs.renameSync(folder, own.folder("queue", name));
      expect(await own.ended(name)).toMatchObject({ state: "done" });
    });
  });

  it("as a file QM_READY in it says is admitted at once, and the file is taken away", async () => {
    await withQueue(PATIENT, async (own) => {
      const folder = own.folder("queue", "ready");
      fs.renameSync(own.stage({ script: "ls" }), folder);
      await until("its arrival", () => own.status()?.arriving.length === 1);
      fs.writeFileSync(path.join(folder, "QM_READY"), "");
      expect(await own.ended("ready")).toMatchObject({ state: "done" });
      expect(own.read("ready", "process.log")).not.toContain("QM_READY");
    });
  });
});

describe("a folder that changes after it was admitted", () => {
  it("goes back from its claim, and runs once it is whole", async () => {
    await withQueue({}, async (paused) => {
      fs.writeFileSync(path.join(paused.layout.root, "QM_PAUSE"), "");
      paused.deliver("late", { script: "cat sub/data" }, { "sub/other": "" });
      await until("the admission", () => paused.status()?.waiting.some(({ name }) => name === "late"));
      // Below the folder's first level: only the look after the claim can find it.
      fs.writeFileSync(path.join(paused.folder("queue", "late"), "sub", "data"), "late");
      fs.rmSync(path.join(paused.layout.root, "QM_PAUSE"));
      expect(await paused.ended("late")).toMatchObject({ state: "done", attempt: 1 });
      expect(paused.said).toContain("it changed after it was admitted");
      expect(paused.history("late")).toHaveLength(1);
    });
  });
});

async function withQueue(settings: Settings, use: (own: TestQueue) => Promise<void>): Promise<void> {
  const own = new TestQueue(settings);
  try {
    await own.start();
    await use(own);
  } finally {
    await own.close();
  }
}

function makeFolder(name: string): string {
  const folder = path.join(queue.layout.queue, name);
  fs.mkdirSync(folder);
  return folder;
}

async function writeParts(folder: string, gapMs: number): Promise<void> {
  for (const [index, text] of PARTS.entries()) {
    fs.writeFileSync(path.join(folder, `part-${index}`), text);
    await pause(gapMs);
  }
}
