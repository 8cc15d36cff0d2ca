import { describe, expect, it } from "vitest";
import { SEED, WANTS_LONG } from "../support/chance.ts";
import type { Host } from "../support/host.ts";
import { hostsOrSkip, makeHosts } from "../support/hosts.ts";
import { Random } from "../support/random.ts";
import { pause } from "../support/until.ts";
import { Laboratory, OF_A_HOST } from "./laboratory.ts";
import { cuttingOff, pausing, pick, rebooting, restarting, runThrough } from "./mishaps.ts";

const JOBS = 60;
/** Shorter than the silence after which a worker counts as away. */
const GONE_MS = 3000;
const LONG_MS = 120_000;

/** Most often programs are killed. */
const MISHAPS = [
  restarting,
  restarting,
  restarting,
  restarting,
  pausing(GONE_MS),
  cuttingOff(GONE_MS),
  rebooting,
];

describe.runIf(hostsOrSkip())("three hosts on one folder", { timeout: 600_000 }, () => {
  it("that are paused, cut off, restarted and crashed run each job once", async () => {
    const laboratory = await Laboratory.open(await makeHosts(3, () => OF_A_HOST));
    const [manager, second, third] = laboratory.hosts as [Host, Host, Host];
    await runThrough(laboratory, JOBS, [
      [second, pausing(GONE_MS)],
      [third, cuttingOff(GONE_MS)],
      [manager, restarting],
      [second, restarting],
      [third, rebooting],
    ]);
  });

  it.runIf(WANTS_LONG)(
    "to which such things happen at random for two minutes run each job once",
    async () => {
      const laboratory = await Laboratory.open(await makeHosts(3, () => OF_A_HOST));
      const random = new Random(SEED);
      const untilMs = performance.now() + LONG_MS;
      let jobs = 0;
      while (performance.now() < untilMs) {
        for (let more = random.between(0, 6); more > 0; more -= 1) {
          jobs += 1;
          await laboratory.deliver(`job-${jobs}`, random.between(1, 30) / 10);
        }
        await pause(random.between(50, 1500));
        await pick(random, MISHAPS)(laboratory, pick(random, laboratory.hosts));
      }
      await laboratory.ended(jobs);
      laboratory.expectEachOnce();
      expect(jobs).toBeGreaterThan(JOBS);
    },
  );
});
