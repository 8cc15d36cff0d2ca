import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { currentPidNamespace, identify, isAlive, isSeenAlive } from "../../../src/worker/process/identity.ts";
import { type ProcessStat, parseProcessStat } from "../../../src/worker/process/process-stat.ts";
import { readProcessTable } from "../../../src/worker/process/process-table.ts";
import { makeTestJob, removeTestJobs } from "../../support/processes.ts";
import { toolOrSkip } from "../../support/tools.ts";
import { until } from "../../support/until.ts";

afterEach(removeTestJobs);

// A line of a real /proc/PID/stat, from its third field on, with what the tests vary left open.
function fields(state: string, threads = 1, exitSignal = 17): string {
  return `${state} 3959 3958 2431 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 ${threads} 0 99047 3133440 410 18446744073709551615 94163869159424 94163869179305 140726398539856 0 0 0 0 0 0 0 0 0 ${exitSignal} 1 0 0 0 0 0 94163869195312 94163869196928 94164741627904 140726398548696 140726398548716 140726398548716 140726398549995 0\n`;
}

describe("parseProcessStat", () => {
  it.each(["cat", "a b", "x) S 1 1 1 (y", ") Z 0", "(((", "two\nlines"])(
    "finds the fields behind the name %j",
    (name) => {
      expect(parseProcessStat(`3977 (${name}) ${fields("R")}`)).toEqual({
        pid: 3977,
        parent: 3959,
        group: 3958,
        session: 2431,
        startTicks: "99047",
        dead: false,
        stopped: false,
        kernelThread: false,
      });
    },
  );

  it("knows the dead, and a process whose first thread alone has ended", () => {
    expect(parseProcessStat(`1 (x) ${fields("Z")}`)).toMatchObject({ dead: true });
    expect(parseProcessStat(`1 (x) ${fields("X")}`)).toMatchObject({ dead: true });
    expect(parseProcessStat(`1 (x) ${fields("Z", 2)}`)).toMatchObject({ dead: false });
  });

  it("knows the stopped", () => {
    for (const state of ["T", "t"])
      expect(parseProcessStat(`1 (x) ${fields(state)}`)).toMatchObject({ stopped: true, dead: false });
  });

  it("is nothing for a thread, nor for what is no such line", () => {
    expect(parseProcessStat(`1 (x) ${fields("S", 2, -1)}`)).toBeUndefined();
    expect(parseProcessStat("")).toBeUndefined();
    expect(parseProcessStat("1 (x) S 1")).toBeUndefined();
  });
});

describe("readProcessTable", () => {
  it("holds this process and its parent once each, and no threads", () => {
    const { processes } = readProcessTable();
    const own = processes.filter(({ pid }) => pid === process.pid);
    expect(own).toMatchObject([
      { parent: process.ppid, startTicks: identify(process.pid)?.startTicks, dead: false },
    ]);
    expect(processes.filter(({ pid }) => pid === process.ppid)).toHaveLength(1);
    const threads = fs
      .readdirSync("/proc/self/task")
      .map(Number)
      .filter((thread) => thread !== process.pid);
    expect(threads.length).toBeGreaterThan(0);
    expect(threads.filter((thread) => identify(thread) !== undefined)).toEqual([]);
  });

  it("misses no one of a chain whose every link starts the next and leaves", async () => {
    const job = makeTestJob();
    job.write("hop.sh", '[ "$1" -gt 0 ] && [ ! -e stop ] || exit\nsh hop.sh $(($1-1)) &\n');
    await job.start("sh hop.sh 5000 & exec sleep 600");
    const main = await until("the job", () => job.processes()[0]);
    const isLink = ({ pid, session, dead }: ProcessStat): boolean =>
      session === main.pid && pid !== main.pid && !dead;
    await until("the chain", () => readProcessTable().processes.some(isLink));
    const looks = Array.from({ length: 100 }, () => readProcessTable().processes.some(isLink));
    job.write("stop", "");
    expect(looks.filter((found) => !found)).toEqual([]);
  });

  it("is what it was when asked again later", async () => {
    const job = makeTestJob();
    await job.start("exec sleep 600");
    const pid = await until("the job", () => job.processes()[0]?.pid);
    const table = readProcessTable();
    expect(table.tokensOf(pid)).toEqual([job.token]);
    process.kill(pid, "SIGKILL");
    await job.ended();
    expect(table.tokensOf(pid)).toEqual([job.token]);
    expect(readProcessTable().tokensOf(pid)).toEqual([]);
  });
});

describe("isAlive", () => {
  it("is false for the ended, before and after they are waited for", async () => {
    const child = spawn("cat", { stdio: ["pipe", "ignore", "ignore"] });
    const identity = identify(child.pid ?? 0);
    if (identity === undefined) throw new Error("the child is not there");
    expect(isAlive(identity)).toBe(true);
    expect(isAlive({ ...identity, startTicks: "1" })).toBe(false);
    expect(isAlive({ ...identity, bootId: "other" })).toBe(false);
    child.kill("SIGKILL");
    // As long as this code does not yield, nobody waits for the child: it is a zombie.
    while (!/\) Z /.test(fs.readFileSync(`/proc/${identity.pid}/stat`, "utf8")));
    expect(isAlive(identity)).toBe(false);
    await once(child, "exit");
    expect(isAlive(identity)).toBe(false);
  });

  it("is unknown for a pid of another namespace, and known for one of ours", () => {
    const own = identify(process.pid);
    if (own === undefined) throw new Error("this process is not there");
    expect(isSeenAlive({ ...own, pidNamespace: "pid:[1]" })).toBeUndefined();
    expect(isSeenAlive({ ...own, pidNamespace: currentPidNamespace() })).toBe(true);
    expect(isSeenAlive({ ...own, startTicks: "1" })).toBe(false);
  });

  it.runIf(toolOrSkip("python3"))(
    "is true for a process of which only the first thread has ended",
    async () => {
      const job = makeTestJob();
      job.write(
        "threads.py",
        "import ctypes, threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\nctypes.CDLL(None).pthread_exit(None)\n",
      );
      await job.start("exec python3 threads.py");
      const main = await until("the job", () => job.processes()[0]);
      await until("the end of its first thread", () =>
        /\) Z /.test(fs.readFileSync(`/proc/${main.pid}/stat`, "utf8")),
      );
      expect(isAlive(main)).toBe(true);
      expect(job.processes()).toContainEqual(main);
    },
  );
});
