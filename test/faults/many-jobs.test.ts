import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { processorMsOf } from "../support/cost.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

const JOBS = 2000;
const DEPTH = 100;
const FILES_PER_LEVEL = 100;
/** A pass may take so many times what it takes to stat each job's folder once. */
const MAX_LOOKS = 10;

let queue: TestQueue;

afterEach(async () => {
  await queue.close();
});

describe("a manager with 2,000 waiting jobs, one of them of 10,000 files 100 levels deep", () => {
  it.each([
    ["while the queue is paused", { pause: true, head: "true" }],
    [
      "while it looks among all for one that fits beside the one that runs",
      { pause: false, head: "sleep 600" },
    ],
  ])("admits them and then takes little time for a pass: %s", async (_, { pause, head }) => {
    queue = new TestQueue({ Poll_Interval: 0.1, Settle_Time: 0.1, MaxNbProcessors: 2 });
    if (pause) fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    // With one processor taken and one free, none of those that want two can start, and each pass has to find that out.
    queue.put("queue", "0-head", { script: head, nb_proc: 1 });
    const job = { script: "true", nb_proc: 2 };
    makeDeep(queue.put("queue", "deep", job));
    for (let number = 0; number < JOBS - 2; number += 1) queue.put("queue", `job-${number}`, job);
    const from = performance.now();
    await queue.start();
    const waiting = pause ? JOBS : JOBS - 1;
    await until("all admissions", () => queue.status()?.waiting.length === waiting, {
      pollMs: 200,
    });
    const admittedMs = performance.now() - from;

    const passMs = await processorTimeOfAPass(queue.managerPid);
    const lookMs = processorMsOf(statAll);
    process.stderr.write(
      `many jobs: admitted in ${(admittedMs / 1000).toFixed(1)} s, a pass takes ${passMs.toFixed(1)} ms, ` +
        `a look at each folder ${lookMs.toFixed(1)} ms\n`,
    );
    expect(passMs).toBeLessThan(MAX_LOOKS * lookMs);
  });
});

function statAll(): void {
  const folder = queue.layout.queue;
  for (const name of fs.readdirSync(folder)) fs.lstatSync(path.join(folder, name));
}

/**
 * Processor time of the manager for one pass in the median of five seconds, in milliseconds: it makes one every tenth of a second here, and does
 * nothing else. Other than the time on the clock it does not depend on what else the machine does.
 */
async function processorTimeOfAPass(pid: number): Promise<number> {
  const samples: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    const before = processorMs(pid);
    const from = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const used = processorMs(pid) - before;
    const elapsed = performance.now() - from;
    // The rest between two passes is the poll interval; what is left of the time are the passes themselves.
    const passes = Math.max(1, (elapsed - used) / 100);
    samples.push(used / passes);
  }
  return samples.sort((a, b) => a - b)[2] ?? Number.NaN;
}

/** User and system time so far, from clock ticks of 10 ms. */
function processorMs(pid: number): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function makeDeep(folder: string): void {
  let level = folder;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    level = path.join(level, "d");
    fs.mkdirSync(level);
    for (let file = 0; file < FILES_PER_LEVEL; file += 1) fs.writeFileSync(path.join(level, `f${file}`), "");
  }
}
