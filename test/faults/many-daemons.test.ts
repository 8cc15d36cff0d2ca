import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { auditedScript, readAudit } from "../support/audit.ts";
import { LIVES, SEED } from "../support/chance.ts";
import { Random } from "../support/random.ts";
import { Manager, type ManagerOptions, type TestQueue } from "../support/test-queue.ts";
import { pause, until } from "../support/until.ts";
import { takesOver, withQueue } from "./own-queue.ts";

const DIST = process.env["QM_TEST_DIST"] ?? path.join(import.meta.dirname, "../../dist");
const ROUNDS = 8;
const JOBS_A_ROUND = 3;

const rivals: Manager[] = [];

afterAll(async () => {
  for (const rival of rivals) await rival.kill();
});

describe.concurrent("managers that come and go", { timeout: 600_000 }, () => {
  it("again and again, of two versions, leave a long job its one run and its own end", async () => {
    await withQueue({ MaxNbProcessors: 1 }, async (queue) => {
      await queue.start();
      queue.deliver("long", {
        script: "echo $$ >>ran; echo >up; until [ -e go ]; do sleep 0.1; done; exit 7",
      });
      await queue.wrote("long", "up");
      const lastedSeconds = await upgradeAgainAndAgain(queue);
      fs.writeFileSync(path.join(queue.folder("running", "long"), "go"), "");
      const record = await queue.ended("long");
      expect(record).toMatchObject({ state: "failed", exitCode: 7, attempt: 1 });
      expect(record.ranSeconds).toBeGreaterThanOrEqual(Math.floor(lastedSeconds));
      expect(record.ranSeconds).toBeLessThan(lastedSeconds + 30);
      expect(Date.parse(record.finishedAt ?? "") - Date.parse(record.startedAt ?? "")).toBeCloseTo(
        (record.ranSeconds ?? 0) * 1000,
        -3,
      );
      expect(queue.read("long", "ran")).toMatch(/^\d+\n$/);
      expect(queue.history()).toHaveLength(1);
      await until("the end of all accounting", () => queue.attempts().length === 0);
    });
  });

  it("two at a time, and are killed in the midst of their work, run each job once", async () => {
    await withQueue({ MaxNbProcessors: 3, Poll_Interval: 0.1 }, async (queue) => {
      const random = new Random(SEED);
      const auditFile = path.join(queue.base, "audit");
      const names: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const pair = [startRival(queue), startRival(queue)];
        for (let count = 0; count < JOBS_A_ROUND; count += 1)
          names.push(deliverAudited(queue, auditFile, `job-${round}-${count}`));
        await until("a loser", () => pair.some(({ ended }) => ended === 4));
        await pause(random.between(0, 300));
        expect(pair.filter(({ ended }) => ended === undefined)).toHaveLength(1);
        for (const one of pair) await one.kill();
      }
      await queue.start();
      for (const name of names)
        expect(await queue.ended(name)).toMatchObject({ state: "failed", exitCode: 3, attempt: 1 });
      const { starts, stops } = readAudit(auditFile);
      const once = new Map(names.map((name) => [name, 1]));
      expect(starts).toEqual(once);
      expect(stops).toEqual(once);
      for (const name of names) expect(queue.history(name)).toHaveLength(1);
    });
  });
});

/** Replaces the manager by one of the other version, again and again; returns the seconds that this has taken. */
async function upgradeAgainAndAgain(queue: TestQueue): Promise<number> {
  const random = new Random(SEED);
  const versions = [{}, otherVersion(queue)];
  const beganMs = performance.now();
  const seconds = () => (performance.now() - beganMs) / 1000;
  for (let number = 0; number < LIVES; number += 1) {
    const isAsked = number % 2 === 0;
    queue.manager.signal(isAsked ? "SIGTERM" : "SIGKILL");
    expect(await queue.manager.end()).toBe(isAsked ? 0 : "SIGKILL");
    const next = queue.launch(versions[(number + 1) % 2]);
    // One that is to be killed may be so while it starts; one that is to be asked has to hear it.
    if (isAsked && random.next() < 0.5) await pause(random.between(0, 300));
    else await takesOver(queue, next);
  }
  await takesOver(queue, queue.manager);
  process.stderr.write(`upgrades: ${LIVES} in ${Math.round(seconds())} s, seed ${SEED}\n`);
  return seconds();
}

/** The same program as another version in a place of its own. */
function otherVersion({ base }: TestQueue): ManagerOptions {
  const folder = path.join(base, "other");
  fs.cpSync(DIST, path.join(folder, "dist"), { recursive: true });
  for (const name of ["node_modules", "views"])
    fs.symlinkSync(path.resolve(DIST, "..", name), path.join(folder, name));
  const about = JSON.parse(fs.readFileSync(path.resolve(DIST, "../package.json"), "utf8"));
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...about, version: "99.0.0" }));
  fs.appendFileSync(path.join(folder, "dist/process/shim.sh"), "# of another version\n");
  // In place of the program that is usually started.
  const script = 'node=$1; shift 2; exec "$node" "$0" "$@"';
  return { under: ["sh", "-c", script, path.join(folder, "dist/bin/qm.js")] };
}

function startRival(queue: TestQueue): Manager {
  const rival = new Manager(queue.configFile, {}, (text) => {
    queue.said += text;
  });
  rivals.push(rival);
  return rival;
}

function deliverAudited(queue: TestQueue, auditFile: string, name: string): string {
  queue.deliver(name, { script: "sh run.sh" }, { "run.sh": auditedScript(auditFile, 3, "sleep 0.1") });
  return name;
}
