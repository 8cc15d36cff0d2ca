import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { Reloader } from "../../src/daemon/reloader.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

function reloaderOf(queue: InProcessQueue): Reloader {
  return new Reloader(queue.loaded(), () => queue.load(), queue.log);
}

describe("the configuration of a running daemon", () => {
  it("follows its file when that is saved, and tells what changed", () => {
    const queue = makeQueue({ MaxNbProcessors: 2 });
    const reloader = reloaderOf(queue);
    reloader.reloadIfSaved();
    expect(queue.log.told).toEqual([]);
    queue.configure({ MaxNbProcessors: 13, Debug: "True" });
    reloader.reloadIfSaved();
    expect(reloader.config.maxProcessors).toBe(13);
    expect(queue.log.told).toContainEqual({
      level: "info",
      message: "setting changed",
      fields: { key: "MaxNbProcessors", before: "2", after: "13" },
    });
    expect(queue.log.settings).toEqual([expect.objectContaining({ verbose: true, format: "text" })]);
  });

  it("keeps its values when the file is faulty, until it is mended", () => {
    const queue = makeQueue({ MaxNbProcessors: 2 });
    const reloader = reloaderOf(queue);
    queue.configure({ MaxNbProcessors: "none", Kill_Grace: 77 });
    reloader.reloadIfSaved();
    expect(reloader.config).toMatchObject({ maxProcessors: 2, killGraceSeconds: 1 });
    expect(reloader.problems).toEqual([expect.stringContaining("MaxNbProcessors")]);
    expect(queue.log.of("the configuration keeps its old values")).toHaveLength(1);
    queue.configure({ MaxNbProcessors: 3, Kill_Grace: 77 });
    reloader.reloadIfSaved();
    expect(reloader.problems).toEqual([]);
    expect(reloader.config).toMatchObject({ maxProcessors: 3, killGraceSeconds: 77 });
  });

  it("never changes where the jobs lie nor whose they are", () => {
    const queue = makeQueue();
    const reloader = reloaderOf(queue);
    queue.configure({ QM_FOLDER: "/elsewhere", Worker: "other", Poll_Interval: 5 });
    reloader.reloadIfSaved();
    expect(reloader.config).toMatchObject({ qmFolder: queue.layout.root, worker: "here", pollSeconds: 5 });
    expect(
      queue.log.of("setting changed, in force after a restart").map(({ fields }) => fields["key"]),
    ).toEqual(["QM_FOLDER", "Worker"]);
  });

  it("warns of what it does not know", () => {
    const queue = makeQueue();
    const reloader = reloaderOf(queue);
    queue.configure({ MaxNbProcesors: 4 });
    reloader.reload();
    expect(queue.log.told.filter(({ level }) => level === "warn")).toEqual([
      expect.objectContaining({ message: expect.stringContaining("MaxNbProcesors") }),
    ]);
  });

  it("stays in force while its file is away, and follows it when it is back", () => {
    const queue = makeQueue({ MaxNbProcessors: 2 });
    const reloader = reloaderOf(queue);
    fs.rmSync(queue.configFile);
    reloader.reloadIfSaved();
    expect(reloader.config.maxProcessors).toBe(2);
    expect(reloader.problems).toHaveLength(1);
    queue.configure({ MaxNbProcessors: 5 });
    reloader.reloadIfSaved();
    expect(reloader.config.maxProcessors).toBe(5);
    expect(reloader.problems).toEqual([]);
  });

  it("does not hold up the jobs when its file cannot be looked at", async () => {
    const queue = makeQueue();
    await queue.run();
    fs.rmSync(queue.configFile);
    fs.symlinkSync(queue.configFile, queue.configFile);
    queue.deliver("one", { script: "true" });
    expect(await queue.ended("one")).toMatchObject({ state: "done" });
  });

  it("shows in the status what is wrong with it, and is read anew when asked", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    const daemon = await queue.run();
    queue.configure({ MaxNbProcessors: 0 });
    const notices = await queue.shows(
      "a notice",
      (status) => status.notices.some((text) => text.includes("MaxNbProcessors")) && status,
    );
    expect(notices.processors.max).toBe(1);
    queue.configure({ MaxNbProcessors: 9 });
    daemon.reload();
    const mended = await queue.shows("the new value", (status) => status.processors.max === 9 && status);
    expect(mended.notices.join()).not.toContain("MaxNbProcessors");
  });

  it("without a file is never read anew by itself", () => {
    const queue = makeQueue();
    const { file: _, ...loaded } = queue.loaded();
    const reloader = new Reloader(loaded, () => queue.load(), queue.log);
    queue.configure({ MaxNbProcessors: 7 });
    reloader.reloadIfSaved();
    expect(reloader.config.maxProcessors).toBe(2);
  });
});
