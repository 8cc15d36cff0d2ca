import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readHistory } from "../../src/queue/books/history.ts";
import { isRunning } from "../support/queue-folder.ts";
import { until } from "../support/until.ts";
import { makeQueue } from "./queue-fixture.ts";

const TWO = 'nohup sh -c "sleep 1000; echo late" >/dev/null 2>&1 &';
const ADVICE = "put `wait` at the end of the script";

describe("processes that a job leaves running when it ends by itself", () => {
  it("are told of wherever the job's end is, with their number and names", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("left", {}, { "job.sh": `echo out\n${TWO}\n` });
    const told = `left 2 processes running, which were ended: sh, sleep; ${ADVICE}`;
    const record = await queue.ended("left");
    expect(record).toMatchObject({ state: "done", exitCode: 0, leftProcesses: { count: 2 } });
    expect(record.leftProcesses?.names.toSorted()).toEqual(["sh", "sleep"]);
    const log = queue.read("left", "process.log")?.trimEnd().split("\n").at(-1);
    expect(log).toMatch(/^\[QM\] ended .*: done, the command ended with exit code 0; left 2 processes /);
    const status = queue.read("left", "QM_status.txt");
    expect(status).toMatch(/^DONE \(WARNING\) {2}left\n/);
    expect([log, status].map((text) => text?.replace("sleep, sh", "sh, sleep"))).toEqual([
      expect.stringContaining(told),
      expect.stringContaining(told),
    ]);
    expect(readHistory(queue.layout.history)).toEqual([record]);
    expect(queue.processes()).toEqual([]);
  });

  it("are told of a failed job too, beside its own last word", async () => {
    const queue = makeQueue();
    await queue.run();
    const script = "sleep 1000 & sleep 1000 & echo 'Error: no mesh' >&2; exit 4";
    queue.deliver("bad", {}, { "job.sh": `${script}\n` });
    expect(await queue.ended("bad")).toMatchObject({
      state: "failed",
      reason: "Error: no mesh (exit code 4)",
      leftProcesses: { count: 2, names: ["sleep", "sleep"] },
    });
    const status = queue.read("bad", "QM_status.txt");
    expect(status).toMatch(/^FAILED {2}bad\n\nError: no mesh \(exit code 4\)\nleft 2 .*: sleep \(2\); put/);
  });

  it("count once, though they have to be killed after they did not hear", async () => {
    const queue = makeQueue({ Kill_Grace: 0.3 });
    await queue.run();
    queue.deliver("deaf", { script: "(trap '' TERM; while :; do sleep 0.05; done) & exit 0" });
    const { leftProcesses } = await queue.ended("deaf");
    expect(leftProcesses?.names.filter((name) => name === "sh")).toHaveLength(1);
  });

  it("are ended though they cannot be noted", async () => {
    const queue = makeQueue();
    await queue.run();
    const script = "sleep 1000 & echo $! > pid; until [ -e go ]; do sleep 0.05; done";
    queue.deliver("odd", { script });
    const pid = Number(await queue.wrote("odd", "pid"));
    const [attempt = ""] = queue.attempts();
    const inTheWay = path.join(queue.layout.state, "workers", "here", attempt, "left.json");
    fs.mkdirSync(inTheWay);
    fs.writeFileSync(path.join(queue.folder("running", "odd"), "go"), "");
    await until("the end of what it left", () => !isRunning(pid));
    fs.rmdirSync(inTheWay);
    expect(await queue.ended("odd")).toMatchObject({ state: "done" });
  });

  it("do not count where somebody has killed the job", async () => {
    const queue = makeQueue();
    await queue.run();
    queue.deliver("killed", { script: "sleep 1000 & echo up > up; wait" });
    await queue.wrote("killed", "up");
    queue.request("running", "killed", "QM_KILL", "ada");
    const record = await queue.ended("killed");
    expect(record.state).toBe("killed");
    expect(record).not.toHaveProperty("leftProcesses");
  });

  it("are told of by the next manager, where this one ends between asking them and the end of the last", async () => {
    const queue = makeQueue({ Kill_Grace: 1000 });
    await queue.run();
    const script = "(trap '' TERM; while :; do sleep 0.05; done) & echo $! > pid; exit 0";
    queue.deliver("kept", { script });
    const pid = Number(await queue.wrote("kept", "pid"));
    const note = await until("the note", () => {
      const [attempt = ""] = queue.attempts();
      const file = path.join(queue.layout.state, "workers", "here", attempt, "left.json");
      return fs.existsSync(file) && file;
    });
    expect(JSON.parse(fs.readFileSync(note, "utf8"))).toMatchObject({ version: 1, more: 0 });
    await queue.stop();
    process.kill(pid, "SIGKILL");
    await queue.run();
    const { state, leftProcesses } = await queue.ended("kept");
    expect(state).toBe("done");
    expect(leftProcesses?.names).toContain("sh");
  });
});
