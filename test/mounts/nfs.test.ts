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
import { workThrough } from "./working-day.ts";

const JOBS = 60;
/** Longer than the silence after which a worker counts as away. */
const PAUSED_MS = 45_000;
/** Within and beyond the time for which the server keeps a client's open files. */
const SHORT_CUT_MS = 10_000;
const LONG_CUT_MS = 90_000;
const SERVER_AWAY_MS = 10_000;
const FULL_MS = 15_000;
const DISK_MEGABYTES = 16;
/** With the options that the documentation asks for. */
const QUICK_LOOKS = { kind: NFS, mount: "actimeo=1" };
const SETTLE_SECONDS = 2;
const COPIES = 6;
const FEW_JOBS = 20;
const SEEN_SECONDS = 3;
/** The worker's look, its report of the end, and the manager's look. */
const KILLED_SECONDS = 6;

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
      [third, cuttingOff(SHORT_CUT_MS)],
      [second, cuttingOff(LONG_CUT_MS)],
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

  it("run each job once, show its log and end it where a person asks for it", async () => {
    await workThrough(await makeGuests(3, { ...QUICK_LOOKS, config: OF_A_HOST }));
  });

  it("hear within seconds what people ask for at another machine, and run each job once though one crashes", async () => {
    const { QMServer } = OF_A_HOST;
    const config = { ...OF_A_HOST, QMServer: { ...QMServer, Poll_Interval: 2 } };
    const guests = await makeGuests(2, { ...QUICK_LOOKS, config });
    const laboratory = await Laboratory.open(guests);
    const [, second] = laboratory.hosts as [Host, Host];
    const tookSeconds = await askForEverything(guests);
    for (let job = 1; job <= FEW_JOBS; job += 1) await laboratory.deliver(`job-${job}`, 1 + (job % 4) / 2);
    await laboratory.busy(second);
    await laboratory.reboot(second);
    await laboratory.ended(FEW_JOBS + 2);
    laboratory.expectEachOnce();
    process.stderr.write(`NFS: seen after ${JSON.stringify(tookSeconds)} s\n`);
    const { kill, ...seen } = tookSeconds;
    expect(Math.max(...Object.values(seen))).toBeLessThan(SEEN_SECONDS);
    expect(kill).toBeLessThan(KILLED_SECONDS);
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

/** Asks for all that people ask for by files, at the desk, and tells how many seconds each took to happen. */
async function askForEverything({
  queue,
  desk,
  mountPoint,
  deliver,
}: Guests): Promise<Record<string, number>> {
  const tookSeconds: Record<string, number> = {};
  const at = (name: string) => path.join(mountPoint, "QM", name);
  const ask = async (what: string, command: readonly string[], happened: () => boolean | undefined) => {
    expect(await desk.start(command).end()).toBe(0);
    const askedMs = performance.now();
    await until(what, happened);
    tookSeconds[what] = Math.round((performance.now() - askedMs) / 100) / 10;
  };
  await deliver("held", { script: "true" }, { QM_HOLD: "" });
  await ask("release", ["rm", at("QM_qJobs/held/QM_HOLD")], () => !queue.stagesOf("held").includes("queue"));
  await ask("pause", ["touch", at("QM_PAUSE")], () => queue.status()?.paused);
  await deliver("long", { script: "while true; do sleep 0.5; done", worker: "lab2" }, {});
  await ask("resume", ["rm", at("QM_PAUSE")], () => queue.stagesOf("long").includes("running"));
  await until("its start", () => queue.read("long", "process.log")?.includes("started"));
  await ask("kill", ["touch", at("QM_Jobs/long/QM_KILL")], () => queue.history("long").length === 1);
  return tookSeconds;
}

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
