import { describe, expect, it } from "vitest";
import { SEED, WANTS_LONG } from "../support/chance.ts";
import { type Host, hostsOrSkip } from "../support/hosts.ts";
import { Random } from "../support/random.ts";
import { pause } from "../support/until.ts";
import { Laboratory } from "./laboratory.ts";

const JOBS = 60;
/** Shorter than the silence after which a worker counts as away. */
const GONE_MS = 3000;
const LONG_MS = 120_000;

describe.runIf(hostsOrSkip())("three hosts on one folder", { timeout: 600_000 }, () => {
  it("that are paused, cut off, restarted and crashed run each job once", async () => {
    const laboratory = await Laboratory.open(3);
    const [manager, second, third] = laboratory.hosts as [Host, Host, Host];
    const mishaps: readonly [Host, () => Promise<void>][] = [
      [second, () => pausing(second)],
      [third, () => cuttingOff(third)],
      [manager, () => laboratory.restart(manager)],
      [second, () => laboratory.restart(second)],
      [third, () => laboratory.reboot(third)],
    ];
    let jobs = 0;
    for (const [host, happen] of mishaps) {
      for (let more = JOBS / mishaps.length; more > 0; more -= 1) {
        jobs += 1;
        laboratory.deliver(`job-${jobs}`, 0.5 + (jobs % 4) / 4);
      }
      await laboratory.busy(host);
      await happen();
    }
    await laboratory.ended(JOBS);
    laboratory.expectEachOnce();
  });

  it.runIf(WANTS_LONG)("whose programs are killed at random for two minutes run each job once", async () => {
    const laboratory = await Laboratory.open(3);
    const random = new Random(SEED);
    const untilMs = performance.now() + LONG_MS;
    let jobs = 0;
    while (performance.now() < untilMs) {
      for (let more = random.between(0, 6); more > 0; more -= 1) {
        jobs += 1;
        laboratory.deliver(`job-${jobs}`, random.between(1, 30) / 10);
      }
      await pause(random.between(50, 1500));
      const host = laboratory.hosts[random.between(0, 2)];
      if (host !== undefined) await laboratory.restart(host);
    }
    await laboratory.ended(jobs);
    laboratory.expectEachOnce();
    expect(jobs).toBeGreaterThan(JOBS);
  });
});

async function pausing(host: Host): Promise<void> {
  await host.pause();
  await pause(GONE_MS);
  await host.resume();
}

async function cuttingOff(host: Host): Promise<void> {
  host.cutOff();
  await pause(GONE_MS);
  host.reconnect();
}
