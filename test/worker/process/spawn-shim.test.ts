import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readStart } from "../../../src/worker/process/attempt-records.ts";
import { readProcessStat } from "../../../src/worker/process/process-stat.ts";
import { Spawner } from "../../../src/worker/process/spawner.ts";
import { makeTestJob, removeTestJobs, type TestJob } from "../../support/processes.ts";
import { until } from "../../support/until.ts";

const ROOT = path.join(import.meta.dirname, "../../..");
const PROGRAM = path.join(process.env["QM_TEST_DIST"] ?? path.join(ROOT, "dist"), "bin/spawner.js");

afterEach(removeTestJobs);

describe("spawnShim", () => {
  it("starts a shim that writes the start record, and tells when it has ended", async () => {
    const job = makeTestJob();
    job.spawn("exit 2");
    await job.allShimsEnded();
    expect(job.failure).toBeUndefined();
    expect(readStart(job.attemptFolder)).toMatchObject({ kind: "started" });
    expect(await job.ended()).toMatchObject({ exitCode: 2 });
  });

  it("starts the shim in a session of its own", async () => {
    const job = makeTestJob();
    const shim = await job.start("exec sleep 600");
    const session = fs.readFileSync(`/proc/${shim.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[3];
    expect(session).toBe(String(shim.pid));
  });

  it("has the log appended to", async () => {
    const job = makeTestJob();
    const log = path.join(job.folder, "own.log");
    fs.writeFileSync(log, "before\n");
    await job.run("echo hello", { log });
    expect(job.read("own.log")).toBe("before\nfirst line\nhello\n");
  });

  it.each([
    ["the job's folder is gone", { jobFolder: "/nowhere" }, /^the job's folder is gone$/],
    ["the command is longer than the system takes", { command: "x".repeat(200_000) }, /E2BIG/],
    ["the command holds a NUL", { command: "a\0b" }, /null bytes/],
    ["the log is a folder", { log: "/" }, /EISDIR/],
    ["a folder to be synced first is gone", { syncFirst: ["/nowhere"] }, /ENOENT/],
  ])("gives the reason when %s", async (_, changes, reason) => {
    const job = makeTestJob();
    job.spawn("true", changes);
    expect(await until("the reason", () => job.failure)).toMatch(reason);
    expect(readStart(job.attemptFolder)).toEqual({ kind: "none" });
  });

  it("gives the reason when no more files can be opened", async ({ skip }) => {
    const limit = /^Max open files\s+(\d+)/m.exec(fs.readFileSync("/proc/self/limits", "utf8"))?.[1];
    if (Number(limit) > 100_000) return skip("the limit on open files is too high to be reached");
    const job = makeTestJob();
    const open = openAllDescriptors();
    job.spawn("true");
    try {
      expect(await until("the reason", () => job.failure)).toContain("EMFILE");
    } finally {
      for (const handle of open) fs.closeSync(handle);
    }
  });
});

describe("Spawner", () => {
  const spawner = new Spawner(PROGRAM);

  it("starts a shim by another process, and tells when it has ended", async () => {
    const job = makeTestJob();
    job.spawn("exit 2", {}, spawner.spawn);
    await job.allShimsEnded();
    expect(await job.ended()).toMatchObject({ exitCode: 2 });
    expect([job.failure, job.read("process.log")]).toEqual([undefined, "first line\n"]);
  });

  it("gives the reason why one cannot be started, and starts the next", async () => {
    const job = makeTestJob();
    job.spawn("x".repeat(200_000), {}, spawner.spawn);
    expect(await until("the reason", () => job.failure)).toBe("spawn E2BIG");
    job.spawn("exit 3", {}, spawner.spawn);
    expect(await job.ended()).toMatchObject({ exitCode: 3 });
  });

  it("begins another process when that one has died, whose shims go on", async () => {
    const [first, second] = [makeTestJob(), makeTestJob()];
    first.spawn("until [ -e go ]; do sleep 0.05; done; exit 4", {}, spawner.spawn);
    process.kill(await parentOfShim(first), "SIGKILL");
    expect(await until("the news", () => first.failure)).toBe("the process that starts jobs has ended");
    second.spawn("exit 5", {}, spawner.spawn);
    expect(await second.ended()).toMatchObject({ exitCode: 5 });
    first.write("go", "");
    expect(await first.ended()).toMatchObject({ exitCode: 4 });
  });

  it("gives the reason when there can be no such process", async () => {
    const job = makeTestJob();
    job.spawn("true", {}, new Spawner("/nowhere.js").spawn);
    expect(await until("the reason", () => job.failure)).toBe("the process that starts jobs has ended");
    expect(readStart(job.attemptFolder)).toEqual({ kind: "none" });
  });

  it("has an order carried out though the process that gave it is killed at once", async () => {
    const job = makeTestJob();
    const script = `import { Spawner } from ${JSON.stringify(path.join(ROOT, "src/worker/process/spawner.ts"))};
      new Spawner(${JSON.stringify(PROGRAM)}).spawn(${JSON.stringify(job.order("exit 6"))}, () => undefined);
      process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { cwd: ROOT });
    expect(await job.ended()).toMatchObject({ exitCode: 6 });
  });

  it("lets the process that gave orders end though it hangs itself", async () => {
    const job = makeTestJob();
    const script = `import { Spawner } from ${JSON.stringify(path.join(ROOT, "src/worker/process/spawner.ts"))};
      const spawner = new Spawner(${JSON.stringify(PROGRAM)});
      spawner.spawn(${JSON.stringify(job.order("exec sleep 600"))}, () => undefined);
      process.once("SIGUSR2", () => spawner.close());
      setTimeout(() => undefined, 600_000).unref();`;
    const manager = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      cwd: ROOT,
    });
    const hanging = await parentOfShim(job);
    process.kill(hanging, "SIGSTOP");
    manager.kill("SIGUSR2");
    await until("its end", () => manager.exitCode === 0);
    process.kill(hanging, "SIGKILL");
  });
});

async function parentOfShim(job: TestJob): Promise<number> {
  const start = await until("the shim", () => {
    const record = readStart(job.attemptFolder);
    return record.kind === "started" && record;
  });
  return readProcessStat(start.shim.pid)?.parent ?? 0;
}

function openAllDescriptors(): number[] {
  const open: number[] = [];
  try {
    for (;;) open.push(fs.openSync("/dev/null", "r"));
  } catch {
    return open;
  }
}
