import fs from "node:fs";
import os from "node:os";
import { describe, expect, it, vi } from "vitest";
import { putAway } from "../../src/manager/actions/account.ts";
import { Lock } from "../../src/manager/lock.ts";
import { Tenure } from "../../src/manager/tenure.ts";
import { endedRecord } from "../support/job-record.ts";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const SUPERSEDED = {
  code: "refused",
  message: `another manager has taken this queue over: process ${process.pid} on ${os.hostname()}`,
};

/** As another manager, that has taken the queue over, does it. */
function takeOver({ layout }: InProcessQueue): Tenure {
  return Tenure.begin(layout, "the same queue");
}

describe("a manager whose queue another one has taken over", () => {
  it("ends before its next pass, says so, and leaves all as it is", async () => {
    const queue = makeQueue();
    await queue.run();
    takeOver(queue);
    const lock = fs.readFileSync(queue.layout.lock, "utf8");
    queue.deliver("job", { script: "true" });
    await expect(queue.left()).rejects.toMatchObject(SUPERSEDED);
    expect(queue.stagesOf("job")).toEqual(["queue"]);
    expect(queue.log.of("the manager stops acting")).toHaveLength(1);
    expect(lock).not.toBe("");
  });

  it("neither adds to the history nor moves a folder", async () => {
    const queue = makeQueue();
    const context = queue.context();
    const folder = queue.put("running", "job");
    takeOver(queue);
    const ending = {
      folder,
      record: endedRecord("job"),
      stage: "finished",
      decidedBy: "records",
    } as const;
    await expect(putAway(context, ending)).rejects.toMatchObject(SUPERSEDED);
    expect(queue.history()).toEqual([]);
    expect(queue.stagesOf("job")).toEqual(["running"]);
  });

  it("leaves the lock's file alone where the other has written its name into it", async () => {
    const queue = makeQueue();
    fs.mkdirSync(queue.layout.state);
    const lock = await Lock.take(queue.layout);
    const name = JSON.stringify({ host: "elsewhere", pid: 1, since: "2026-01-01T00:00:00Z" });
    fs.writeFileSync(queue.layout.lock, name);
    lock.release();
    expect(fs.readFileSync(queue.layout.lock, "utf8")).toBe(name);
  });
});

describe("the name of the manager", () => {
  it("is written again where somebody has deleted it", async () => {
    const queue = makeQueue();
    await queue.run();
    const text = fs.readFileSync(queue.layout.manager, "utf8");
    fs.rmSync(queue.layout.manager);
    await until("the name", () => fs.existsSync(queue.layout.manager));
    expect(fs.readFileSync(queue.layout.manager, "utf8")).toBe(text);
  });

  it("keeps passes waiting while it cannot be understood", async () => {
    const queue = makeQueue();
    await queue.run();
    fs.writeFileSync(queue.layout.manager, "{");
    await until("the failure", () =>
      queue.log.told.find(({ fields }) => String(fields["why"]).includes("cannot be understood")),
    );
    fs.rmSync(queue.layout.manager);
    queue.deliver("job", { script: "true" });
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });

  it("is told where a mount does not let the locked file be read", async () => {
    const queue = makeQueue();
    await queue.run();
    const read = fs.readSync;
    const { ino } = fs.statSync(queue.layout.lock);
    vi.spyOn(fs, "readSync").mockImplementation(((handle: number, ...rest: unknown[]) => {
      if (fs.fstatSync(handle).ino === ino) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
      return (read as (...all: unknown[]) => number)(handle, ...rest);
    }) as typeof fs.readSync);
    await expect(Lock.take(queue.layout)).rejects.toThrow(`process ${process.pid} on ${os.hostname()}`);
  });
});

describe("a claim whose rename fails", () => {
  it("goes on where the folder was moved all the same, as the answer got lost", async () => {
    const queue = makeQueue();
    const rename = fs.renameSync;
    vi.spyOn(fs, "renameSync").mockImplementation((from, to) => {
      rename(from, to);
      if (to === queue.folder("running", "job"))
        throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    });
    await queue.run();
    queue.deliver("job", { script: "echo ran >>ran" });
    expect(await queue.ended("job")).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.read("job", "ran")).toBe("ran\n");
    expect(queue.history()).toHaveLength(1);
  });

  it("keeps the launch where the folder is in neither place, and starts the job once it turns up", async () => {
    const queue = makeQueue({ Poll_Interval: 1 });
    const rename = fs.renameSync;
    const hidden = `${queue.base}/hidden`;
    vi.spyOn(fs, "renameSync").mockImplementation((from, to) => {
      if (to !== queue.folder("running", "job")) return rename(from, to);
      rename(from, hidden);
      setTimeout(() => rename(hidden, to), 300);
      throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    });
    await queue.run();
    queue.deliver("job", { script: "echo ran >>ran" });
    expect(await queue.ended("job")).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.history()).toHaveLength(1);
  });
});
