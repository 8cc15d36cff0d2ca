import type { Host } from "../support/host.ts";
import type { Random } from "../support/random.ts";
import { pause } from "../support/until.ts";
import type { Laboratory } from "./laboratory.ts";

const HOST_BUSY_SECONDS = 2;

/** A thing that happens to a host while it is busy. */
export type Mishap = (laboratory: Laboratory, host: Host) => Promise<void>;

/** Its program is killed and started anew. */
export const restarting: Mishap = (laboratory, host) => laboratory.restart(host);

/** It crashes and is booted again. */
export const rebooting: Mishap = (laboratory, host) => laboratory.reboot(host);

/** It is paused for so long. */
export const pausing =
  (ms: number): Mishap =>
  async (_, host) => {
    await host.pause();
    await pause(ms);
    await host.resume();
  };

/** It does not reach the shared folder for so long. */
export const cuttingOff =
  (ms: number): Mishap =>
  async (_, host) => {
    host.cutOff();
    await pause(ms);
    host.reconnect();
  };

/** Delivers jobs in as many parts as there are mishaps, each of which happens while its host is busy; expects that each job ran once. */
export async function runThrough(
  laboratory: Laboratory,
  jobs: number,
  mishaps: readonly (readonly [Host, Mishap])[],
): Promise<void> {
  let delivered = 0;
  for (const [index, [host, happen]] of mishaps.entries()) {
    for (; delivered < (jobs * (index + 1)) / mishaps.length - 1; delivered += 1)
      await laboratory.deliver(`job-${delivered}`, 0.5 + (delivered % 4) / 4);
    // The others may have ended before.
    await laboratory.deliver(`job-${delivered}`, HOST_BUSY_SECONDS, host);
    delivered += 1;
    await laboratory.busy(host);
    await happen(laboratory, host);
  }
  await laboratory.ended(jobs);
  laboratory.expectEachOnce();
}

/** One of a list, by chance. */
export function pick<T>(random: Random, all: readonly T[]): T {
  return all[random.between(0, all.length - 1)] as T;
}
