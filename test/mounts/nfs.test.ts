import { describe, it } from "vitest";
import { Laboratory, OF_A_HOST } from "../hosts/laboratory.ts";
import { cuttingOff, pausing, pick, restarting, runThrough } from "../hosts/mishaps.ts";
import { SEED } from "../support/chance.ts";
import { NFS } from "../support/file-servers.ts";
import { guestsOrSkip, makeGuests } from "../support/guests.ts";
import type { Host } from "../support/host.ts";
import { Random } from "../support/random.ts";

const JOBS = 60;
/** Longer than the silence after which a worker counts as away. */
const PAUSED_MS = 45_000;
const CUT_MS = 30_000;

describe.runIf(guestsOrSkip(NFS))("three hosts on NFS", { timeout: 1_800_000 }, () => {
  it("that are killed, paused and cut off run each job once", async () => {
    const guests = await makeGuests(3, { kind: NFS, mount: "actimeo=1", config: OF_A_HOST });
    const laboratory = await Laboratory.open(guests);
    const [manager, second, third] = laboratory.hosts as [Host, Host, Host];
    const random = new Random(SEED);
    const anyone = () => pick(random, laboratory.hosts);
    await runThrough(laboratory, JOBS, [
      [anyone(), restarting],
      [second, pausing(PAUSED_MS)],
      [anyone(), restarting],
      [third, cuttingOff(CUT_MS)],
      [manager, restarting],
      [anyone(), restarting],
    ]);
  });
});
