import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Laboratory, OF_A_HOST } from "../hosts/laboratory.ts";
import { cuttingOff, type Mishap, pausing, pick, restarting, runThrough } from "../hosts/mishaps.ts";
import { SEED } from "../support/chance.ts";
import { NFS } from "../support/file-servers.ts";
import { type Guests, guestsOrSkip, makeGuests } from "../support/guests.ts";
import type { Host } from "../support/host.ts";
import { Random } from "../support/random.ts";
import { pause, until } from "../support/until.ts";

const JOBS = 60;
/** Longer than the silence after which a worker counts as away. */
const PAUSED_MS = 45_000;
const CUT_MS = 30_000;
const SERVER_AWAY_MS = 10_000;
const FULL_MS = 15_000;
const DISK_MEGABYTES = 16;
/** With the options that the documentation asks for. */
const QUICK_LOOKS = { kind: NFS, mount: "actimeo=1" };
const SETTLE_SECONDS = 2;
const COPIES = 6;

describe.runIf(guestsOrSkip(NFS))("three hosts on NFS", { timeout: 1_800_000 }, () => {
  it("that are killed, paused and cut off run each job once", async () => {
    const guests = await makeGuests(3, { ...QUICK_LOOKS, config: OF_A_HOST });
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

  it("whose clocks are hours apart run each job once while the file server is restarted and full", async () => {
    const guests = await makeGuests(3, {
      ...QUICK_LOOKS,
      config: OF_A_HOST,
      shareMegabytes: DISK_MEGABYTES,
    });
    const [manager, second, third] = guests.hosts as [Host, Host, Host];
    expect(await second.start(["date", "--set=+1 hour"]).end()).toBe(0);
    expect(await third.start(["date", "--set=-1 hour"]).end()).toBe(0);
    await runThrough(await Laboratory.open(guests), JOBS / 2, [
      [second, restartingServer(guests)],
      [third, fillingUp(guests)],
      [manager, restartingServer(guests)],
    ]);
  });

  it("begin with a copied folder within two seconds after it has settled", async () => {
    const config = { QMServer: { Settle_Time: SETTLE_SECONDS, Min_Free_Disk: "0 B" } };
    const { hosts, queue, desk, mountPoint } = await makeGuests(1, { ...QUICK_LOOKS, config });
    const [manager] = hosts as [Host];
    manager.qm("daemon");
    await until("the manager", () => queue.status());
    const tookSeconds: number[] = [];
    for (let copy = 1; copy <= COPIES; copy += 1) {
      const name = `copy-${copy}`;
      const folder = queue.stage({ script: "true" }, { "data/input": "x".repeat(5000) });
      await desk.start(["cp", "-r", folder, path.join(mountPoint, "QM/QM_qJobs", name)]).end();
      const copiedMs = performance.now();
      await until(`the claim of ${name}`, () => !fs.existsSync(queue.folder("queue", name)));
      tookSeconds.push((performance.now() - copiedMs) / 1000);
      await queue.ended(name);
    }
    process.stderr.write(
      `NFS: claimed ${tookSeconds.map((one) => one.toFixed(1)).join(", ")} s after it was copied\n`,
    );
    expect(Math.max(...tookSeconds)).toBeLessThan(SETTLE_SECONDS + 2);
  });
});

function restartingServer({ server }: Guests): Mishap {
  return async () => {
    await server.kill();
    await pause(SERVER_AWAY_MS);
    await server.start();
  };
}

/** The file server's disk is full for a while. */
function fillingUp({ queue }: Guests): Mishap {
  return async () => {
    const ballast = path.join(queue.base, "ballast");
    expect(() => fs.writeFileSync(ballast, new Uint8Array(DISK_MEGABYTES * 1_048_576))).toThrow("ENOSPC");
    await pause(FULL_MS);
    fs.rmSync(ballast);
  };
}
