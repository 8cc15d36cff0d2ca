import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { TestQueue } from "../support/test-queue.ts";
import { toolOrSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";

const WANTED = 2000;
const COUNT = Math.min(WANTED, Math.floor(roomForProcesses() / 4));
if (COUNT < WANTED)
  process.stderr.write(`a fork bomb of ${COUNT} instead of ${WANTED}: this machine has room for no more\n`);

/**
 * Starts so many processes, every second one in a session of its own. Each starts one more when it is asked to end; all
 * end by themselves after some minutes.
 */
const BOMB = `import os, signal, sys
count = int(sys.argv[1])

def wait_for_ever():
    signal.alarm(240)
    while True:
        signal.pause()

def fork_once_more(*_):
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        wait_for_ever()
    os._exit(0)

signal.signal(signal.SIGTERM, fork_once_more)
for number in range(count):
    if os.fork() == 0:
        if number % 2 == 0:
            os.setsid()
        wait_for_ever()
with open("up", "w") as file:
    file.write("all\\n")
wait_for_ever()
`;

describe.runIf(toolOrSkip("python3"))("a job whose processes fork when they are to end", () => {
  it.each([
    [COUNT, "killed as that is asked for", "killed", ask],
    [Math.floor(COUNT / 4), "ended as its supervisor is killed", "lost", killSupervisor],
  ] as const)("(%i of them) is %s, with all of them", async (count, _, state, end) => {
    await withQueue({ Kill_Grace: 1 }, async (queue) => {
      await queue.start();
      queue.deliver("bomb", { script: `python3 bomb.py ${count}` }, { "bomb.py": BOMB });
      await until("all of them", () => queue.read("bomb", "up") === "all\n");
      expect(queue.processes().length).toBeGreaterThan(count);
      end(queue);
      expect(await queue.ended("bomb")).toMatchObject({ state, attempt: 1 });
      expect(queue.processes()).toEqual([]);
      expect(queue.history("bomb")).toHaveLength(1);
      queue.deliver("next", { script: "true" });
      expect(await queue.ended("next")).toMatchObject({ state: "done" });
    });
  });
});

function ask(queue: TestQueue): void {
  queue.request("running", "bomb", "QM_KILL", "ann");
}

function killSupervisor({ layout }: TestQueue): void {
  const start = fs.readFileSync(path.join(layout.state, "workers/here/bomb.1/start"), "utf8");
  process.kill(Number(start.split(" ")[1]), "SIGKILL");
}

/** Number of processes that this user may still start here. */
function roomForProcesses(): number {
  const limit = /^Max processes +(\d+)/m.exec(fs.readFileSync("/proc/self/limits", "utf8"))?.[1];
  const pids = Number(fs.readFileSync("/proc/sys/kernel/pid_max", "utf8"));
  return Math.min(Number(limit ?? Number.POSITIVE_INFINITY), pids, groupLimit());
}

// The limit of the control group, in whichever of the two trees it is.
function groupLimit(): number {
  const groups = fs.readFileSync("/proc/self/cgroup", "utf8").matchAll(/^\d+:(|.*\bpids\b.*):(.*)$/gm);
  const limits = [...groups].map(([, tree, group = ""]) => {
    const file = path.join("/sys/fs/cgroup", tree === "" ? "" : "pids", group, "pids.max");
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : "max";
    return text === "max" ? Number.POSITIVE_INFINITY : Number(text);
  });
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}
