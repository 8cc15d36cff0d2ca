import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../test/support/until.ts";
import { cpuSeconds } from "./process-cost.ts";

/** Number of looks in one sample. */
const LOOKS = 10;

/**
 * Times of passes as told by a manager in whose folders nothing changes, several of them, in milliseconds: taking the
 * status away makes it publish again, with the time of the pass just made.
 */
export async function toldPasses(statusFile: string, times: number): Promise<number[]> {
  const told: number[] = [];
  for (let count = 0; count < times; count += 1) {
    fs.rmSync(statusFile);
    await until("a new status", () => fs.existsSync(statusFile), { pollMs: 5 });
    told.push(Number(/"passMs":([\d.]+)/.exec(fs.readFileSync(statusFile, "utf8"))?.[1]));
  }
  return told;
}

/**
 * Processor milliseconds of a process for one of the looks between which it rests `pollSeconds`, several times. Holds
 * on a machine that does nothing else: whoever waits for a processor counts as resting here.
 */
export async function processorTimesOfALook(
  pid: number,
  pollSeconds: number,
  times: number,
): Promise<number[]> {
  const used: number[] = [];
  for (let count = 0; count < times; count += 1) {
    const before = { cpu: cpuSeconds(pid), ms: performance.now() };
    await sleep(LOOKS * pollSeconds * 1000);
    const cpu = cpuSeconds(pid) - before.cpu;
    const restSeconds = (performance.now() - before.ms) / 1000 - cpu;
    used.push((cpu / (restSeconds / pollSeconds)) * 1000);
  }
  return used;
}
