import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseStatus } from "../src/job/published-status.ts";
import { until } from "../test/support/until.ts";
import { cpuSeconds } from "./process-cost.ts";

const ADMISSION_PATIENCE_MS = 300_000;
const ADMISSION_LOOK_MS = 250;
const MAX_LOOKS = 20;
/** A look that takes less than this share of the one before shows that there is still something to tidy up. */
const FALLING_BELOW = 0.8;

/** Waits until a manager tells of so many waiting jobs. */
export async function allAdmitted(queue: { layout: { status: string } }, waiting: number): Promise<void> {
  const look = () => parseStatus(fs.readFileSync(queue.layout.status, "utf8"))?.waiting.length === waiting;
  await until("all admissions", look, { timeoutMs: ADMISSION_PATIENCE_MS, pollMs: ADMISSION_LOOK_MS });
}

/** Waits until the processor time of processes has stopped falling, or has had long enough for it. */
export async function untilCalm(pids: readonly number[], lookSeconds: number): Promise<void> {
  let previous = Number.POSITIVE_INFINITY;
  let calmLooks = 0;
  for (let looks = 0; looks < MAX_LOOKS && calmLooks < 2; looks += 1) {
    const before = total(pids);
    await sleep(lookSeconds * 1000);
    const used = total(pids) - before;
    calmLooks = used >= previous * FALLING_BELOW ? calmLooks + 1 : 0;
    previous = used;
  }
}

function total(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}
