import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";

/** A shell that says something first and then runs the manager as its child, or in its place. */
function shell(first: string, call: "child" | "exec"): string[] {
  return ["/bin/bash", "-c", `${first}; ${call === "exec" ? 'exec "$@"' : '"$@"; exit'}`, "bash"];
}

describe.runIf(toolOrSkip("bash"))("a job, of what its manager was started with", () => {
  let queue: TestQueue;

  beforeEach(() => {
    queue = new TestQueue();
  });

  afterEach(async () => {
    await queue.close();
  });

  it("holds no descriptor, however high its number", async () => {
    const lock = path.join(queue.base, "keep.lock");
    const opened = [3, 20, 200, 4711].map((number) => `exec ${number}>"${lock}"`);
    await queue.start({ under: shell(opened.join("; "), "exec") });
    queue.deliver("job", { script: "ls -l /proc/self/fd >list; mv list fds; sleep 600" });
    const open = [...(await queue.wrote("job", "fds")).matchAll(/ (\d+) -> (.*)$/gm)];
    expect(new Set(open.map(([, number]) => number))).toEqual(new Set(["0", "1", "2", "3", "9"]));
    expect(open.map(([, , file]) => path.basename(file ?? ""))).not.toContain("keep.lock");
    expect(holdersOf(lock)).toEqual([queue.managerPid]);
  });

  it("has the soft limit of open files, and the hard one", async () => {
    const limits = () => /Max open files.*/.exec(fs.readFileSync("/proc/self/limits", "utf8"))?.[0];
    const [, hard = ""] = /(\d+|unlimited)\s+files/.exec(limits() ?? "") ?? [];
    // The shell becomes the manager's parent, which tells of the limit.
    queue.launch({ under: shell("ulimit -S -n 321", "child") });
    queue.deliver("job", { script: "ulimit -S -n; ulimit -H -n" });
    await queue.ended("job");
    const { pid } = await until("a status", () => queue.status());
    process.kill(pid, "SIGTERM");
    await queue.manager.end();
    expect(queue.read("job", "process.log")).toContain(`\n321\n${hard}\n`);
  });
});

/** The processes that hold a file open. */
function holdersOf(file: string): number[] {
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => openFiles(pid).includes(file)).map(Number);
}

function openFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => fs.readdirSync(folder)).flatMap((fd) =>
    attempt(() => [fs.readlinkSync(`${folder}/${fd}`)]),
  );
}

/** Nothing where the process, or what it had open, is gone. */
function attempt(look: () => string[]): string[] {
  try {
    return look();
  } catch {
    return [];
  }
}
