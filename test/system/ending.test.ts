import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

beforeAll(async () => {
  queue = new TestQueue({ MaxNbProcessors: 16, Kill_Grace: 1 });
  await queue.start();
});

afterAll(async () => {
  await queue.close();
});

function pidsOf(name: string): number[] {
  return (queue.read(name, "pids") ?? "").trim().split(/\s+/).map(Number);
}

function requestsIn(folder: string): string[] {
  return fs.readdirSync(folder).filter((name) => /^QM_[A-Z]/.test(name));
}

async function startAndKill(name: string, script: string, options = {}): Promise<void> {
  queue.deliver(name, { script, ...options });
  await queue.wrote(name, "up");
  queue.request("running", name, "QM_KILL", "ann");
}

describe.concurrent("a job that", () => {
  it("runs longer than its limit is ended as timed out", async () => {
    queue.deliver("slow", { script: "echo $$ >pids; sleep 60", time_limit: "1s" });
    const record = await queue.ended("slow");
    expect(record).toMatchObject({ state: "timed_out", timeLimitSeconds: 1, signal: "SIGTERM" });
    expect(record.ranSeconds).toBeGreaterThanOrEqual(0.95);
    expect(record.ranSeconds).toBeLessThan(30);
    expect(pidsOf("slow").filter(isRunning)).toEqual([]);
  });

  it("ends in time is not touched by its limit", async () => {
    queue.deliver("quick", { script: "sleep 0.2", time_limit: "20s" });
    expect(await queue.ended("quick")).toMatchObject({ state: "done" });
  });

  it("ignores TERM is killed after the grace", async () => {
    await startAndKill("deaf", "trap '' TERM; echo $$ >pids; echo >up; while :; do sleep 0.1; done");
    const record = await queue.ended("deaf");
    expect(record).toMatchObject({ state: "killed", killedBy: "ann", signal: "SIGKILL" });
    expect(record.ranSeconds).toBeGreaterThanOrEqual(0.95);
    expect(pidsOf("deaf").filter(isRunning)).toEqual([]);
  });

  // Only its session tells whose it is: it was given another environment, no files, and its parent does not wait for it.
  const disowned = (body: string) => `env -i /bin/sh -c '${body}' 9>&- &`;

  it("is killed leaves no disowned child behind that ignores TERM", async () => {
    const deaf = 'trap "" TERM; echo $$ >pids; echo >up; exec /bin/sleep 60';
    await startAndKill("disowned", `${disowned(deaf)} wait`);
    expect(await queue.ended("disowned")).toMatchObject({ state: "killed" });
    expect(pidsOf("disowned").filter(isRunning)).toEqual([]);
  });

  it("ends leaves no disowned child behind", async () => {
    const child = disowned("echo $$ >pids; exec /bin/sleep 60");
    queue.deliver("disowner", { script: `${child} until [ -s pids ]; do sleep 0.01; done` });
    expect(await queue.ended("disowner")).toMatchObject({ state: "done" });
    expect(pidsOf("disowner").filter(isRunning)).toEqual([]);
  });

  it.each([
    ["done", "true"],
    ["failed", "exit 3"],
    ["lost", "kill -9 $PPID; sleep 60"],
  ])("has requests in its folder that came too late has none of them once it is %s", async (state, last) => {
    const name = `late-${state}`;
    queue.deliver(name, { script: `echo >up; until [ -e go ]; do sleep 0.05; done; ${last}` });
    await queue.wrote(name, "up");
    // Copied back file by file, it would be called whole before it is, and be held or preferred.
    for (const request of ["QM_READY", "QM_HOLD", "QM_TOP"]) queue.request("running", name, request);
    fs.mkdirSync(path.join(queue.folder("running", name), "QM_READY.mine"));
    fs.writeFileSync(path.join(queue.folder("running", name), "go"), "");
    expect(await queue.ended(name)).toMatchObject({ state });
    const [stage = "queue"] = queue.stagesOf(name);
    await until("the folder without them", () => requestsIn(queue.folder(stage, name)).length === 1);
    expect(requestsIn(queue.folder(stage, name))).toEqual(["QM_READY.mine"]);
  });

  it("has a longer grace of its own may use it to tidy up", async () => {
    const script = "trap 'sleep 1.8 && echo tidy >>up; exit 9' TERM; echo >up; while :; do sleep 0.1; done";
    await startAndKill("tidy", script, { kill_grace: 15 });
    expect(await queue.ended("tidy")).toMatchObject({ state: "killed", exitCode: 9 });
    expect(queue.read("tidy", "up")).toContain("tidy");
  });

  it("is stopped (SIGSTOP) hears TERM nevertheless", async () => {
    await startAndKill("stopped", "trap 'echo >heard; exit' TERM; echo >up; kill -STOP $$; sleep 60", {
      kill_grace: 15,
    });
    expect(await queue.ended("stopped")).toMatchObject({ state: "killed" });
    expect(queue.read("stopped", "heard")).toBe("\n");
  });

  it("ends with children in the background has them ended, and keeps its own outcome", async () => {
    queue.deliver("parent", {
      script: "sleep 60 & (trap '' TERM; while :; do sleep 0.1; done) & echo $! >pids; exit 6",
    });
    expect(await queue.ended("parent")).toMatchObject({ state: "failed", exitCode: 6 });
    expect(pidsOf("parent").filter(isRunning)).toEqual([]);
  });

  it("leaves a manager behind in a session of its own has it ended", async () => {
    const fled =
      "(setsid sh -c 'echo $$ >>pids; setsid sh -c \"echo \\$\\$ >>pids; exec sleep 60\" & sleep 60' &)";
    queue.deliver("fled", { script: `${fled}; until [ "$(wc -l <pids)" = 2 ]; do sleep 0.05; done` });
    expect(await queue.ended("fled")).toMatchObject({ state: "done" });
    expect(pidsOf("fled")).toHaveLength(2);
    expect(pidsOf("fled").filter(isRunning)).toEqual([]);
  });

  it("leaves a manager behind with nothing of the job but an open file has it ended", async () => {
    const script =
      '(setsid env -i sh -c \'cd /; echo $$ >"$0"; exec sleep 60\' "$PWD/pids" &); until [ -s pids ]; do sleep 0.05; done';
    queue.deliver("stripped", { script });
    expect(await queue.ended("stripped")).toMatchObject({ state: "done" });
    expect(pidsOf("stripped").filter(isRunning)).toEqual([]);
  });

  it("is killed with a whole tree in sessions of their own leaves none of it", async () => {
    const script =
      "for n in 1 2 3; do setsid sh -c 'echo $$ >>pids; sleep 60 & sleep 60' & done; until [ \"$(wc -l <pids)\" = 3 ]; do sleep 0.05; done; echo >up; wait";
    await startAndKill("tree", script);
    expect(await queue.ended("tree")).toMatchObject({ state: "killed" });
    expect(pidsOf("tree").filter(isRunning)).toEqual([]);
  });

  it("ends its own session's processes with kill 0 has an outcome nevertheless", async () => {
    queue.deliver("self", { script: "sleep 60 & kill -9 0" });
    expect(await queue.ended("self")).toMatchObject({ state: "failed", signal: "SIGKILL" });
  });

  it("is asked to end when it has just ended keeps the outcome that it had, or is killed, never both", async () => {
    queue.deliver("close", { script: "echo >QM_KILL; exit 0" });
    const record = await queue.ended("close");
    expect(["done", "killed"]).toContain(record.state);
    expect(queue.history("close")).toHaveLength(1);
    expect(queue.read("close", "QM_KILL")).toBeUndefined();
  });
});
