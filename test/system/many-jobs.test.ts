import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

const JOBS = 2000;
const DEPTH = 100;
const FILES_PER_LEVEL = 100;
const MAX_PASS_MS = 50;

let queue: TestQueue;

afterEach(async () => {
  await queue.close();
});

describe("a daemon with 2,000 waiting jobs, one of them of 10,000 files 100 levels deep", () => {
  it("admits them and then takes little time for a pass", { timeout: 120_000 }, async () => {
    queue = new TestQueue(
      { Poll_Interval: 0.1, Settle_Time: 0.1 },
      fs.mkdtempSync(path.join(os.tmpdir(), "qm-system-")),
    );
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    makeDeep(queue.folder("queue", "deep"));
    for (let number = 0; number < JOBS - 1; number += 1) {
      const folder = queue.folder("queue", `job-${number}`);
      fs.mkdirSync(folder);
      fs.writeFileSync(path.join(folder, "proc_config.cfg"), "[QMOptions]\nscript : true\n");
    }
    const from = performance.now();
    await queue.start();
    await until("all admissions", () => queue.status()?.waiting.length === JOBS, {
      timeoutMs: 60_000,
      pollMs: 200,
    });
    const admittedMs = performance.now() - from;

    const passMs = await processorTimeOfAPass(queue.daemonPid);
    process.stderr.write(
      `many jobs: admitted in ${(admittedMs / 1000).toFixed(1)} s, a pass takes ${passMs.toFixed(1)} ms\n`,
    );
    expect(passMs).toBeLessThan(MAX_PASS_MS);
  });
});

/**
 * Processor time of the daemon for one pass, in milliseconds: it makes one every tenth of a second here, and does
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
  return samples.toSorted((a, b) => a - b)[2] ?? Number.POSITIVE_INFINITY;
}

/** User and system time so far, from clock ticks of 10 ms. */
function processorMs(pid: number): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function makeDeep(folder: string): void {
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "proc_config.cfg"), "[QMOptions]\nscript : true\n");
  let level = folder;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    level = path.join(level, "d");
    fs.mkdirSync(level);
    for (let file = 0; file < FILES_PER_LEVEL; file += 1) fs.writeFileSync(path.join(level, `f${file}`), "");
  }
}
