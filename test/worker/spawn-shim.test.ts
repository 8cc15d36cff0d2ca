import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readStart } from "../../src/worker/attempt-records.ts";
import { spawnShim } from "../../src/worker/spawn-shim.ts";
import { makeTestJob, removeTestJobs } from "../support/processes.ts";

afterEach(removeTestJobs);

describe("spawnShim", () => {
  it("starts a shim that writes the start record, and tells when it has ended", async () => {
    const job = makeTestJob();
    const spawned = await job.spawn("exit 2");
    await job.allShimsEnded();
    expect(spawned).toEqual({ kind: "spawned" });
    expect(readStart(job.attemptFolder)).toMatchObject({ kind: "started" });
    expect(await job.ended()).toMatchObject({ exitCode: 2 });
  });

  it("starts the shim in a session of its own", async () => {
    const job = makeTestJob();
    const shim = await job.start("exec sleep 600");
    const session = fs.readFileSync(`/proc/${shim.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[3];
    expect(session).toBe(String(shim.pid));
  });

  it("leaves the log open for the caller to close", async () => {
    const job = makeTestJob();
    const logFd = fs.openSync(path.join(job.folder, "own.log"), "a");
    await job.run("echo hello", { logFd });
    fs.writeSync(logFd, "last line\n");
    fs.closeSync(logFd);
    expect(job.read("own.log")).toBe("first line\nhello\nlast line\n");
  });

  it.each([
    ["the job's folder is gone", { jobFolder: "/nowhere" }, /^the job's folder is gone$/],
    ["the command is longer than the system takes", { command: "x".repeat(200_000) }, /E2BIG/],
    ["the command holds a NUL", { command: "a\0b" }, /null bytes/],
    ["the log is not open", { logFd: 9999 }, /EBADF/],
  ])("gives the reason as a value when %s", async (_, changes, reason) => {
    const job = makeTestJob();
    expect(await job.spawn("true", changes)).toEqual({ kind: "failed", why: expect.stringMatching(reason) });
    expect(readStart(job.attemptFolder)).toEqual({ kind: "none" });
  });

  it("gives the reason as a value when no more files can be opened", async ({ skip }) => {
    const limit = /^Max open files\s+(\d+)/m.exec(fs.readFileSync("/proc/self/limits", "utf8"))?.[1];
    if (Number(limit) > 100_000) return skip("the limit on open files is too high to be reached");
    const { attemptFolder, folder } = makeTestJob();
    const logFd = fs.openSync(path.join(folder, "process.log"), "a");
    const order = {
      attemptFolder,
      jobFolder: folder,
      firstLogLine: "",
      command: "true",
      environment: {},
      logFd,
    };
    const open = openAllDescriptors();
    const spawned = spawnShim({ ...order, onExit: () => undefined });
    for (const handle of [logFd, ...open]) fs.closeSync(handle);
    expect(await spawned).toEqual({ kind: "failed", why: expect.stringContaining("EMFILE") });
  });
});

function openAllDescriptors(): number[] {
  const open: number[] = [];
  try {
    for (;;) open.push(fs.openSync("/dev/null", "r"));
  } catch {
    return open;
  }
}
