import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readSession } from "../../../src/worker/process/attempt-records.ts";
import { identify, isAlive, type ProcessIdentity } from "../../../src/worker/process/identity.ts";
import { findJobProcesses, isAttemptHeld } from "../../../src/worker/process/job-tree.ts";
import { readProcessTable } from "../../../src/worker/process/process-table.ts";
import { makeTestJob, removeTestJobs, type TestJob } from "../../support/processes.ts";
import { toolOrSkip } from "../../support/tools.ts";
import { until } from "../../support/until.ts";

afterEach(removeTestJobs);

describe("findJobProcesses", () => {
  it.each([
    ["nohup", "nohup sleep 600 >nohup.log 2>&1 & echo $! >left"],
    ["a session of its own", "setsid sleep 600 >/dev/null 2>&1 & echo $! >left"],
    ["an empty environment, behind a double fork", "(env -i setsid sh -c 'echo $$ >left; exec sleep 600' &)"],
    ["the descriptor replaced", "(exec 9>other; setsid sh -c 'echo $$ >left; exec sleep 600' &)"],
  ])("finds a background child left behind with %s", async (_, command) => {
    const job = makeTestJob();
    await job.run(`${command}\nwhile [ ! -s left ]; do sleep 0.01; done`);
    await job.allShimsEnded();
    await until("the child alone", () => commandsOf(job.processes()).join() === "sleep 600");
    expect(job.processes()[0]?.pid).toBe(Number(job.read("left")));
  });

  it.runIf(toolOrSkip("python3"))(
    "finds a child that Python started with closed descriptors in a session of its own",
    async () => {
      const job = makeTestJob();
      job.write(
        "start.py",
        "import subprocess\nsubprocess.Popen(['sleep', '600'], close_fds=True, start_new_session=True)\n",
      );
      await job.run("python3 start.py");
      await job.allShimsEnded();
      await until("the child alone", () => commandsOf(job.processes()).join() === "sleep 600");
    },
  );

  it.each([
    [
      "its parent, though it has a session of its own",
      "(exec 9>&-; exec setsid env -i /bin/sleep 600) & wait",
    ],
    ["its session, though its parent is gone", "(exec 9>&-; exec env -i /bin/sleep 600 &) ; sleep 601"],
  ])("finds an unmarked child by %s", async (_, command) => {
    const job = makeTestJob();
    await job.start(command);
    await until("the child", () => commandsOf(job.processes()).includes("/bin/sleep 600"));
  });

  it("finds a child by the session that it was born in, though nobody else is left there", async () => {
    const job = makeTestJob();
    await job.run(
      "env -i sh -c 'echo $$ >left; exec sleep 600' 9>&- & until [ -s left ]; do sleep 0.01; done",
    );
    await job.allShimsEnded();
    const left = Number(job.read("left"));
    const session = readSession(job.attemptFolder);
    const find = (of: typeof session) =>
      findJobProcesses(readProcessTable(), { ...job.trace(), session: of }).map(({ pid }) => pid);
    expect(find(session)).toEqual([left]);
    const earlier = session && { ...session, endedAtUptimeSeconds: 1 };
    expect(find(earlier), "a later session of the same number").toEqual([]);
    process.kill(left, "SIGKILL");
  });

  it("leaves out the shim, what the shim runs for itself, and the dead", async () => {
    const job = makeTestJob();
    const shim = await job.start("sleep 0 & exec sleep 600");
    await until("the job", () => commandsOf(job.processes()).includes("sleep 600"));
    await until("the end of its child", () => job.processes().length === 1);
    expect(
      readProcessTable().processes.filter((process) => process.parent === job.processes()[0]?.pid),
    ).toMatchObject([{ dead: true }]);
    expect(isAlive(shim)).toBe(true);
  });

  it("leaves out this process though it bears the mark", async () => {
    const job = makeTestJob();
    await job.run("true");
    await job.allShimsEnded();
    const handle = fs.openSync(path.join(job.attemptFolder, "alive"), "r");
    try {
      expect(job.processes()).toEqual([]);
      expect(findJobProcesses(readProcessTable(), { ...job.trace(), shim: undefined })).toEqual([]);
      expect(isAttemptHeld(readProcessTable(), job.attemptFolder)).toBe(true);
    } finally {
      fs.closeSync(handle);
    }
  });

  it("keeps two jobs apart", async () => {
    const [one, other] = [makeTestJob(), makeTestJob()];
    await one.start("exec sleep 600");
    await other.start("exec sleep 601");
    await until("both", () => one.processes().length === 1 && other.processes().length === 1);
    await until("one", () => commandsOf(one.processes()).includes("sleep 600"));
    await until("the other", () => commandsOf(other.processes()).includes("sleep 601"));
  });

  it("goes by the whole token, not by its beginning", async () => {
    const job = makeTestJob();
    await job.start("exec 9>&-; exec setsid sleep 600");
    await until("the job", () => commandsOf(job.processes()).includes("sleep 600"));
    const table = readProcessTable();
    const attemptFolder = path.join(job.root, "other");
    expect(findJobProcesses(table, { token: job.token.slice(0, -1), attemptFolder })).toEqual([]);
    expect(commandsOf(findJobProcesses(table, { token: job.token, attemptFolder }))).toContain("sleep 600");
  });

  it("finds nothing of a job that was started before the machine was", async () => {
    const job = makeTestJob();
    const shim = await job.start("exec sleep 600");
    await until("the job", () => job.processes().length === 1);
    const trace = { ...job.trace(), shim: { ...shim, bootId: "00000000-0000-0000-0000-000000000000" } };
    expect(findJobProcesses(readProcessTable(), trace)).toEqual([]);
  });

  it("finds the job by its open file when the attempt's folder is gone", async () => {
    const job = makeTestJob();
    await job.start("exec env -i sleep 600");
    await until("the job", () => commandsOf(job.processes()).includes("sleep 600"));
    const { attemptFolder } = job;
    fs.rmSync(attemptFolder, { recursive: true });
    const found = findJobProcesses(readProcessTable(), { token: "none", attemptFolder });
    expect(commandsOf(found)).toContain("sleep 600");
    fs.mkdirSync(attemptFolder);
    await endByMark(job, found);
  });
});

describe("isAttemptHeld", () => {
  it("tells whether a shim that left an incomplete start can still go on", async () => {
    const job = makeTestJob();
    expect(isAttemptHeld(readProcessTable(), job.attemptFolder)).toBe(false);
    const shim = await job.start("exec sleep 600");
    expect(isAttemptHeld(readProcessTable(), job.attemptFolder)).toBe(true);
    expect(identify(shim.pid)).toEqual(shim);
  });
});

async function endByMark(job: TestJob, processes: readonly ProcessIdentity[]): Promise<void> {
  for (const { pid } of processes) process.kill(pid, "SIGKILL");
  await job.allShimsEnded();
}

function commandsOf(processes: readonly ProcessIdentity[]): string[] {
  return processes.map(({ pid }) =>
    fs.existsSync(`/proc/${pid}/cmdline`)
      ? fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim()
      : "",
  );
}
