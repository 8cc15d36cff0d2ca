import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QM, TestQueue } from "../support/test-queue.ts";
import { orSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";

const mayMount = spawnSync("unshare", ["-m", "true"]).status === 0;

/** As in a container whose uptime is its own: far less than that of the machine, by which processes begin. */
class OwnUptime {
  readonly #file: string;
  readonly #handle: number;
  readonly #beat: NodeJS.Timeout;
  readonly #sinceMs = performance.now();

  constructor(folder: string) {
    this.#file = path.join(folder, "uptime");
    this.#handle = fs.openSync(this.#file, "w");
    this.#write();
    this.#beat = setInterval(() => this.#write(), 20);
  }

  /** Hands a command line over to a system in which it counts. */
  get under(): readonly string[] {
    return ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /proc/uptime; exec "$@"', this.#file];
  }

  close(): void {
    clearInterval(this.#beat);
    fs.closeSync(this.#handle);
  }

  // Over what is there, so that whoever reads finds a time always.
  #write(): void {
    const seconds = (performance.now() - this.#sinceMs) / 1000 + 1;
    fs.writeSync(this.#handle, `${seconds.toFixed(2).padStart(12, "0")} 0.00\n`, 0);
  }
}

describe.runIf(orSkip(mayMount, "the right to mount"))("in a container with an uptime of its own", () => {
  let queue: TestQueue;
  let uptime: OwnUptime;

  beforeEach(async () => {
    queue = new TestQueue();
    uptime = new OwnUptime(queue.base);
    await queue.start({ under: uptime.under });
  });

  afterEach(async () => {
    await queue.close();
    uptime.close();
  });

  it("a job's time is counted from its start, for its limit and for its record", async () => {
    queue.deliver("slow", { script: "sleep 60", time_limit: "1s" });
    const record = await queue.ended("slow");
    expect(record).toMatchObject({ state: "timed_out" });
    expect(record.ranSeconds).toBeGreaterThan(0.5);
    expect(record.ranSeconds).toBeLessThan(30);
  });
});

const PROCESSES_OF_ITS_OWN = ["unshare", "-pf", "--mount-proc", "--kill-child"];

describe.runIf(orSkip(mayMount, "the right to mount"))("as process 1 of a container", () => {
  let queue: TestQueue;

  beforeEach(() => {
    queue = new TestQueue();
  });

  afterEach(async () => {
    await queue.close();
  });

  it("a manager ends a job whose orphans nobody waits for", async () => {
    queue.launch({ under: PROCESSES_OF_ITS_OWN });
    await until("the manager", () => queue.status()?.pid === 1);
    // It outlives the shell that began it, which would wait for it otherwise.
    const orphan = "(setsid sleep 0.2 & echo $! >orphan)";
    const isZombie = "until grep -q 'State:.Z' /proc/$(cat orphan)/status; do sleep 0.02; done";
    queue.deliver("job", { script: `${orphan}; ${isZombie}; echo seen >seen` });
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
    expect(queue.read("job", "seen")).toBe("seen\n");
  });

  it("a manager is seen from outside by every verb, and stopped", async () => {
    queue.launch({ under: PROCESSES_OF_ITS_OWN });
    await until("the manager", () => queue.status()?.pid === 1);
    const run = (...words: string[]) =>
      spawnSync(process.execPath, [QM, "--config", queue.configFile, ...words], { encoding: "utf8" });
    expect(run("submit", "--wait", "--name", "seen", "--", "exit 3")).toMatchObject({ status: 3 });
    expect(run("submit", "--name", "more", "--", "true").stderr).not.toContain("qm start");
    expect(run("doctor").stdout).toContain("ok   manager: process 1 on");
    expect(run("daemon")).toMatchObject({ status: 4 });
    expect(run("stop")).toMatchObject({ status: 0 });
    expect(run("stop")).toMatchObject({ status: 5 });
  });

  it("a job that outlives its manager is adopted by one outside, with its exit code and its kill", async () => {
    const inside = queue.launch({
      under: [...PROCESSES_OF_ITS_OWN, "sh", "-c", '"$@"; exec sleep 600', "sh"],
    });
    await until("the manager", () => queue.status());
    queue.deliver("ends", { script: "echo >began; until [ -e go ]; do sleep 0.02; done; exit 5" });
    queue.deliver("killed", { script: "echo >began; sleep 600" });
    await Promise.all(["ends", "killed"].map(async (name) => await queue.wrote(name, "began")));
    spawnSync(process.execPath, [QM, "--config", queue.configFile, "stop"]);
    await queue.start();
    queue.request("running", "killed", "QM_KILL");
    expect(await queue.ended("killed")).toMatchObject({ state: "killed" });
    fs.writeFileSync(path.join(queue.folder("running", "ends"), "go"), "");
    expect(await queue.ended("ends")).toMatchObject({ state: "failed", exitCode: 5, attempt: 1 });
    await inside.kill();
  });

  it("`qm doctor` asks for an init", () => {
    const doctor = [process.execPath, QM, "doctor", "--config", queue.configFile];
    const [program = "", ...args] = [...PROCESSES_OF_ITS_OWN, ...doctor];
    expect(spawnSync(program, args, { encoding: "utf8" }).stdout).toMatch(/warn init: .*\n.*--init/);
  });
});
