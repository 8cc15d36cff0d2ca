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
    const mishaps: readonly [Host, Mishap][] = [
      [second, pausing],
      [third, cuttingOff],
      [manager, restarting],
      [second, restarting],
      [third, rebooting],
    ];
    let jobs = 0;
    for (const [host, happen] of mishaps) {
      for (let more = JOBS / mishaps.length; more > 0; more -= 1) {
        jobs += 1;
        laboratory.deliver(`job-${jobs}`, 0.5 + (jobs % 4) / 4);
      }
      await laboratory.busy(host);
      await happen(laboratory, host);
    }
    await laboratory.ended(JOBS);
    laboratory.expectEachOnce();
  });

  it.runIf(WANTS_LONG)(
    "to which such things happen at random for two minutes run each job once",
    async () => {
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
        const [host, happen] = [pick(random, laboratory.hosts), pick(random, MISHAPS)];
        await happen(laboratory, host);
      }
      await laboratory.ended(jobs);
      laboratory.expectEachOnce();
      expect(jobs).toBeGreaterThan(JOBS);
    },
  );
});

type Mishap = (laboratory: Laboratory, host: Host) => Promise<void>;

const restarting: Mishap = (laboratory, host) => laboratory.restart(host);
const rebooting: Mishap = (laboratory, host) => laboratory.reboot(host);

const pausing: Mishap = async (_, host) => {
  await host.pause();
  await pause(GONE_MS);
  await host.resume();
};

const cuttingOff: Mishap = async (_, host) => {
  host.cutOff();
  await pause(GONE_MS);
  host.reconnect();
};

/** Most often programs are killed. */
const MISHAPS = [restarting, restarting, restarting, restarting, pausing, cuttingOff, rebooting];

function pick<T>(random: Random, all: readonly T[]): T {
  return all[random.between(0, all.length - 1)] as T;
}
