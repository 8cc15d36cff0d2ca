import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LiveConfig } from "../../src/config/live-config.ts";
import { loadConfig, reloadConfig } from "../../src/config/load.ts";
import { logReloads } from "../../src/manager/manager.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

function liveConfigOf(queue: InProcessQueue): LiveConfig {
  return new LiveConfig(queue.loaded(), () => queue.load(), logReloads(queue.log));
}

describe("the configuration of a running manager", () => {
  it("follows its file when that is saved, and tells what changed", () => {
    const queue = makeQueue({ MaxNbProcessors: 2 });
    const live = liveConfigOf(queue);
    live.reloadIfSaved();
    expect(queue.log.told).toEqual([]);
    queue.configure({ MaxNbProcessors: 13, Debug: "True" });
    live.reloadIfSaved();
    expect(live.config.maxProcessors).toBe(13);
    expect(queue.log.told).toContainEqual({
      level: "info",
      message: "setting changed",
      fields: { key: "MaxNbProcessors", before: "2", after: "13" },
    });
    expect(queue.log.settings).toEqual([expect.objectContaining({ verbose: true, format: "text" })]);
  });

  it("keeps its values when the file is faulty, until it is mended", () => {
    const queue = makeQueue({ MaxNbProcessors: 2 });
    const live = liveConfigOf(queue);
    queue.configure({ MaxNbProcessors: "none", Kill_Grace: 77 });
    live.reloadIfSaved();
    expect(live.config).toMatchObject({ maxProcessors: 2, killGraceSeconds: 1 });
    expect(live.faults).toEqual([expect.stringContaining("MaxNbProcessors")]);
    expect(queue.log.of("the configuration keeps its old values")).toHaveLength(1);
    queue.configure({ MaxNbProcessors: 3, Kill_Grace: 77 });
    live.reloadIfSaved();
    expect(live.faults).toEqual([]);
    expect(live.config).toMatchObject({ maxProcessors: 3, killGraceSeconds: 77 });
  });

  it("never changes where the jobs lie nor whose they are", () => {
    const queue = makeQueue();
    const live = liveConfigOf(queue);
    queue.configure({ QM_FOLDER: "/elsewhere", Worker: "other", Poll_Interval: 5 });
    live.reloadIfSaved();
    expect(live.config).toMatchObject({
      qmFolder: queue.layout.root,
      worker: { name: "here" },
      pollSeconds: 5,
    });
    expect(
      queue.log.of("setting changed, in force after a restart").map(({ fields }) => fields["key"]),
    ).toEqual(["QM_FOLDER", "Worker"]);
  });

  it("warns of what it does not know", () => {
    const queue = makeQueue();
    const live = liveConfigOf(queue);
    queue.configure({ MaxNbProcesors: 4 });
    live.reload();
    expect(queue.log.told.filter(({ level }) => level === "warn")).toEqual([
      expect.objectContaining({ message: expect.stringContaining("MaxNbProcesors") }),
    ]);
  });

  it("stays in force while its file is away, and follows it when it is back", () => {
    const queue = makeQueue({ MaxNbProcessors: 2 });
    const live = liveConfigOf(queue);
    fs.rmSync(queue.configFile);
    live.reloadIfSaved();
    expect(live.config.maxProcessors).toBe(2);
    expect(live.faults).toHaveLength(1);
    queue.configure({ MaxNbProcessors: 5 });
    live.reloadIfSaved();
    expect(live.config.maxProcessors).toBe(5);
    expect(live.faults).toEqual([]);
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
    const manager = await queue.run();
    queue.configure({ MaxNbProcessors: 0 });
    const notices = await queue.shows(
      "a notice",
      (status) => status.notices.some((text) => text.includes("MaxNbProcessors")) && status,
    );
    expect(notices.processors.max).toBe(1);
    queue.configure({ MaxNbProcessors: 9 });
    manager.reload();
    const mended = await queue.shows("the new value", (status) => status.processors.max === 9 && status);
    expect(mended.notices.join()).not.toContain("MaxNbProcessors");
  });

  it("says in the status which settings wait for a restart, until they are taken back", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.configure({ Worker: "other" });
    await queue.shows("a notice", ({ notices }) =>
      notices.includes("Worker = other counts after a restart of the manager; until then it is here"),
    );
    queue.configure({});
    await queue.shows("no notice", ({ notices }) => !notices.join().includes("Worker"));
  });
});

describe("a manager without a configuration", () => {
  /** A configuration that has begun in a folder without a file, for a user whose home is the folder beside it. */
  function begunWithout() {
    const queue = makeQueue();
    const [cwd, home] = ["here", "home"].map((name) => path.join(queue.base, name)) as [string, string];
    for (const folder of [cwd, path.join(home, ".config/queuemanager")])
      fs.mkdirSync(folder, { recursive: true });
    const io = { cwd, env: { HOME: home } };
    const none = loadConfig(io);
    if (none.kind === "problems") throw new Error("the defaults are wrong");
    const load = reloadConfig(io, none.value);
    const write = (file: string, text: string) => fs.writeFileSync(path.join(queue.base, file), text);
    return { live: new LiveConfig(none.value, load, logReloads(queue.log)), queue, write };
  }

  it("takes up one that is made since, and one at a place that comes before that", () => {
    const { live, queue, write } = begunWithout();
    const digest = live.published.digest;
    expect(live.published).toEqual({ digest });
    write("home/.config/queuemanager/QMserv.cfg", "[QMServer]\nMaxNbProcessors = 7\n");
    live.reloadIfSaved();
    expect(live.config.maxProcessors).toBe(7);
    write("here/QMserv.cfg", "[QMServer]\nMaxNbProcessors = 8\n");
    live.reloadIfSaved();
    expect(live.config.maxProcessors).toBe(8);
    expect(live.published).toMatchObject({ file: path.join(queue.base, "here/QMserv.cfg") });
    expect(live.published.digest).not.toBe(digest);
    expect(queue.log.of("configuration made since")).toHaveLength(2);
  });

  it("tells of the one in force when that is deleted, though there is another behind it", () => {
    const { live, queue, write } = begunWithout();
    write("home/.config/queuemanager/QMserv.cfg", "[QMServer]\nMaxNbProcessors = 7\n");
    write("here/QMserv.cfg", "[QMServer]\nMaxNbProcessors = 8\n");
    live.reloadIfSaved();
    fs.rmSync(path.join(queue.base, "here/QMserv.cfg"));
    live.reloadIfSaved();
    expect(live.config.maxProcessors).toBe(8);
    expect(live.faults).toEqual([
      expect.stringMatching(/here\/QMserv.cfg: does not exist; should be put back/),
    ]);
  });
});
