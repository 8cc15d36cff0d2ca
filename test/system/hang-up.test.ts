import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";

const DIST = process.env["QM_TEST_DIST"] ?? path.join(import.meta.dirname, "../../dist");
/** Whole seconds, which a file can be given again exactly. */
const SAVED_AT_SECONDS = 1_700_000_000;

let queue: TestQueue;
let terminal: ChildProcess | undefined;
let managerInTerminal: number | undefined;

afterEach(async () => {
  terminal?.kill("SIGKILL");
  terminal = undefined;
  const pid = managerInTerminal;
  managerInTerminal = undefined;
  if (pid !== undefined) await until("the manager's end", () => !isRunning(pid));
  await queue.close();
});

describe("a hang-up", () => {
  it("has the configuration read anew, though nothing of the file's size and time has changed", async () => {
    queue = queueOfTwo();
    const manager = await queue.start();
    rewriteUnseen(queue, 7);
    manager.signal("SIGHUP");
    await until("the new limit", () => queue.status()?.processors.max === 7);
  });

  it("keeps the old values where the file is faulty, and shows why", async () => {
    queue = queueOfTwo();
    const manager = await queue.start();
    rewriteUnseen(queue, 0);
    manager.signal("SIGHUP");
    await until("the problem", () =>
      queue.status()?.notices.some((notice) => JSON.stringify(notice).includes("MaxNbProcessors")),
    );
    expect(queue.status()?.processors.max).toBe(2);
    expect(manager.ended).toBeUndefined();
  });
});

describe.runIf(toolOrSkip("script"))("a manager that was started in a terminal", () => {
  it("reads its configuration anew at a hang-up while the terminal is there", async () => {
    const pid = await startInTerminal();
    rewriteUnseen(queue, 7);
    process.kill(pid, "SIGHUP");
    await until("the new limit", () => queue.status()?.processors.max === 7);
    expect(isRunning(pid)).toBe(true);
  });

  it("leaves when the terminal is closed, and its jobs go on", async () => {
    const pid = await startInTerminal();
    queue.deliver("job", { script: "echo $$ >pid; sleep 60" });
    const job = Number(await queue.wrote("job", "pid"));
    terminal?.kill("SIGKILL");
    await until("the manager's end", () => !isRunning(pid));
    expect(isRunning(job)).toBe(true);
    expect(queue.stagesOf("job")).toEqual(["running"]);
  });
});

/** Starts `qm start` in a terminal of its own; gives the manager's number. */
async function startInTerminal(): Promise<number> {
  queue = queueOfTwo();
  const command = `exec '${process.execPath}' '${path.join(DIST, "bin/qm.js")}' --config '${queue.configFile}' start`;
  terminal = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "ignore", "ignore"] });
  managerInTerminal = await until("the manager's start", () => queue.status()?.pid);
  return managerInTerminal;
}

function queueOfTwo(): TestQueue {
  const made = new TestQueue({ MaxNbProcessors: 2 });
  made.addConfig({ WEB_QMserver: { The_Port: 0 } });
  fs.utimesSync(made.configFile, SAVED_AT_SECONDS, SAVED_AT_SECONDS);
  return made;
}

/** Changes the limit in such a way that only who reads the file sees it. */
function rewriteUnseen(where: TestQueue, limit: number): void {
  const text = fs.readFileSync(where.configFile, "utf8");
  fs.writeFileSync(where.configFile, text.replace(/(?<=MaxNbProcessors = )\d/, String(limit)));
  fs.utimesSync(where.configFile, SAVED_AT_SECONDS, SAVED_AT_SECONDS);
}
