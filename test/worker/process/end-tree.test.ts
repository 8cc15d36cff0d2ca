import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { currentBootId } from "../../../src/disk/machine.ts";
import { askJobTreeToEnd, killJobTree } from "../../../src/worker/process/end-tree.ts";
import { identify, type ProcessIdentity } from "../../../src/worker/process/identity.ts";
import { isAttemptHeld } from "../../../src/worker/process/job-tree.ts";
import { readProcessTable } from "../../../src/worker/process/process-table.ts";
import { makeTestJob, removeTestJobs } from "../../support/processes.ts";
import { until } from "../../support/until.ts";

afterEach(removeTestJobs);

describe("askJobTreeToEnd", () => {
  it("asks the whole tree to end", async () => {
    const job = makeTestJob();
    await job.start("sleep 600 & setsid sleep 600 & sleep 600");
    await until("four processes", () => job.processes().length === 4);
    expect(askJobTreeToEnd(job.trace())).toEqual([]);
    expect(await job.ended()).toMatchObject({ exitCode: 143, signal: "SIGTERM" });
    await until("the end of all", () => job.processes().length === 0);
  });

  it("reaches a stopped job", async () => {
    const job = makeTestJob();
    await job.start("exec sleep 600");
    const [main] = await until("the job", () => job.processes().length === 1 && job.processes());
    process.kill(main?.pid ?? Number.NaN, "SIGSTOP");
    expect(askJobTreeToEnd(job.trace())).toEqual([]);
    expect(await job.ended()).toMatchObject({ signal: "SIGTERM" });
  });

  it("leaves a process alone that only has the pid of one meant", async () => {
    const child = spawn("sleep", ["600"], { stdio: "ignore" });
    const real = identityOf(child);
    const foreign = [
      { ...real, startTicks: String(Number(real.startTicks) - 1) },
      { ...real, bootId: "00000000-0000-0000-0000-000000000000" },
      { bootId: currentBootId(), pid: 2 ** 22 + 1, startTicks: "1" },
    ];
    const job = makeTestJob();
    expect(askJobTreeToEnd(job.trace(), undefined, () => foreign)).toEqual([]);
    expect(killJobTree(job.trace(), undefined, () => foreign)).toEqual([]);
    askJobTreeToEnd(job.trace(), undefined, () => [real]);
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGTERM");
  });

  it("reaches a process that is born between the first look and the signal", async () => {
    const job = makeTestJob();
    await job.start("until [ -e go ]; do :; done; sleep 600 & sleep 600 & wait");
    const early = await until("the job", () => job.processes().length === 1 && job.processes());
    job.write("go", "");
    await until("both children", () => job.processes().length === 3);
    const looks = [early];
    askJobTreeToEnd(job.trace(), undefined, () => looks.shift() ?? job.processes());
    await until("the end of all", () => job.processes().length === 0);
  });

  it("sends each process one TERM, and none to what it starts to tidy up", async () => {
    const job = makeTestJob();
    const counter = (name: string) =>
      `trap 'echo heard >>${name}; sleep 0.1; echo tidied >>${name}; exit' TERM; touch ${name}; while :; do sleep 0.02; done`;
    job.write("child.sh", counter("child"));
    await job.start(`sh child.sh & ${counter("main")}`);
    await job.file("child");
    await job.file("main");
    askJobTreeToEnd(job.trace());
    await until("the end of all", () => job.processes().length === 0);
    expect([job.read("main"), job.read("child")]).toEqual(["heard\ntidied\n", "heard\ntidied\n"]);
  });
});

describe("killJobTree", () => {
  it("ends a job that does not hear TERM", async () => {
    const job = makeTestJob();
    await job.start("trap 'echo heard >heard' TERM; echo ready >ready; while :; do sleep 0.02; done");
    await job.file("ready");
    askJobTreeToEnd(job.trace());
    await job.file("heard");
    expect(job.processes().length).toBeGreaterThan(0);
    expect(killJobTree(job.trace())).toEqual([]);
    expect(await job.ended()).toMatchObject({ exitCode: 137, signal: "SIGKILL" });
    await until("the end of all", () => job.processes().length === 0);
  });

  it("ends a tree of hundreds while it still grows", async () => {
    const job = makeTestJob();
    job.write(
      "grow.sh",
      'if [ "$1" -gt 0 ]; then sh grow.sh $(($1-1)) & sh grow.sh $(($1-1)) & fi\nsleep 600 & wait\n',
    );
    await job.start("sh grow.sh 7");
    await until("a grown tree", () => job.processes().length > 150);
    expect(killJobTree(job.trace())).toEqual([]);
    await until("the end of all", () => job.processes().length === 0);
    expect(await job.ended()).toMatchObject({ signal: "SIGKILL" });
  });

  it("ends what a dead shim left behind", async () => {
    const job = makeTestJob();
    const shim = await job.start("setsid sleep 600 & exec sleep 600");
    await until("both", () => job.processes().length === 2);
    process.kill(shim.pid, "SIGKILL");
    await job.allShimsEnded();
    killJobTree(job.trace());
    await until("the end of both", () => job.processes().length === 0);
  });

  it("looks again until nobody new turns up", async () => {
    const job = makeTestJob();
    await job.start("setsid sleep 600 & exec setsid sleep 600");
    const all = await until("both", () => job.processes().length === 2 && job.processes());
    const looks = [all.slice(0, 1), all, all];
    expect(killJobTree(job.trace(), undefined, () => looks.shift() ?? [])).toEqual([]);
    expect(looks).toEqual([]);
    await until("the end of both", () => job.processes().length === 0);
  });

  it("reaches those that no look finds through the leader of their group", async () => {
    const job = makeTestJob();
    await job.start("sleep 600 & exec sleep 600");
    const all = await until("both", () => job.processes().length === 2 && job.processes());
    const main = all.find(({ pid }) =>
      readProcessTable().processes.some((one) => one.pid === pid && one.group === pid),
    );
    if (main === undefined) throw new Error("no leader found");
    killJobTree(job.trace(), undefined, () => [main]);
    await until("the end of both", () => job.processes().length === 0);
  });

  it("ends a chain whose every link starts the next and leaves", async () => {
    const job = makeTestJob();
    job.write("hop.sh", '[ "$1" -gt 0 ] || exit\necho hop >>hops\nsh hop.sh $(($1-1)) &\n');
    await job.start("sh hop.sh 5000; sleep 600");
    await until("a hundred hops", () => (job.read("hops")?.length ?? 0) > 400);
    killJobTree(job.trace());
    await job.allShimsEnded();
    const hops = job.read("hops");
    for (let look = 0; look < 20; look++) {
      expect(isAttemptHeld(readProcessTable(), job.attemptFolder)).toBe(false);
    }
    expect(job.read("hops")).toBe(hops);
  });
});

function identityOf(child: ChildProcess): ProcessIdentity {
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error("the child is not there");
  return identity;
}
