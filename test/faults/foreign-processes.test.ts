import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { currentBootId } from "../../src/disk/machine.ts";
import type { ProcessIdentity } from "../../src/worker/process/identity.ts";
import type { Settings } from "../support/queue-folder.ts";
import type { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";
import { Bystander } from "./bystander.ts";
import { amendRecord, crashAmid, OTHER_BOOT, writeStart } from "./crashed-machine.ts";
import { withQueue } from "./own-queue.ts";

const SLEEPS = "echo >up; exec sleep 60";

/** Ways in which a record can name a living process that is not the one meant: the pid alone never tells. */
const MISTAKEN: readonly (readonly [string, (living: ProcessIdentity) => ProcessIdentity])[] = [
  ["that was started later", (living) => ({ ...living, startTicks: earlier(living) })],
  ["that was started earlier", (living) => ({ ...living, startTicks: `${living.startTicks}0` })],
  ["of another boot", (living) => ({ ...living, bootId: OTHER_BOOT })],
];

async function withBystander(
  settings: Settings,
  use: (queue: TestQueue, bystander: Bystander) => Promise<void>,
): Promise<void> {
  await withQueue(settings, async (queue) => {
    const bystander = await Bystander.start(queue.base);
    try {
      await use(queue, bystander);
      expect(bystander.heard).toEqual([]);
    } finally {
      await bystander.end();
    }
  });
}

describe.concurrent("a process that has the pid of a job's supervisor and is another one", {}, () => {
  it.each(MISTAKEN)("(%s) is left alone, and the job is lost", async (_, mistake) => {
    await withBystander({ Kill_Grace: 0 }, async (queue, bystander) => {
      const attempt = await crashAmid(queue, "job", { script: SLEEPS });
      writeStart(attempt, mistake(bystander.identity));
      await queue.start();
      expect(await queue.ended("job")).toMatchObject({ state: "lost", attempt: 1 });
      expect(queue.stagesOf("job")).toEqual(["lost"]);
      expect(queue.history("job")).toHaveLength(1);
    });
  });

  it.each(MISTAKEN)("(%s) is left alone when the job is to be killed", async (_, mistake) => {
    await withBystander({ Kill_Grace: 0 }, async (queue, bystander) => {
      const attempt = await crashAmid(queue, "job", { script: SLEEPS });
      writeStart(attempt, mistake(bystander.identity));
      queue.request("running", "job", "QM_KILL", "ann");
      await queue.start();
      expect(await queue.ended("job")).toMatchObject({ state: "killed", killedBy: "ann", attempt: 1 });
    });
  });

  it.each(MISTAKEN)("(%s) is left alone when its end had been decided", async (_, mistake) => {
    await withBystander({ Kill_Grace: 0 }, async (queue, bystander) => {
      const attempt = await crashAmid(queue, "job", { script: SLEEPS, time_limit: "30s" });
      const supervisor = mistake(bystander.identity);
      writeStart(attempt, supervisor);
      amendRecord(attempt, "end.json", {
        version: 1,
        kind: "timed_out",
        by: "its time limit",
        bootId: supervisor.bootId,
        atUptimeSeconds: 1,
      });
      await queue.start();
      expect(await queue.ended("job")).toMatchObject({ state: "timed_out", attempt: 1 });
    });
  });

  it("is left alone by a manager that is told to end all jobs and to stop", async () => {
    await withBystander({ Kill_Grace: 0, On_Lost: "requeue" }, async (queue, bystander) => {
      const attempt = await crashAmid(queue, "job", { script: SLEEPS });
      writeStart(attempt, { ...bystander.identity, startTicks: earlier(bystander.identity) });
      const manager = await queue.start();
      fs.writeFileSync(queue.layout.stopRequest, "kill\n");
      expect(await manager.end()).toBe(0);
      expect(queue.history("job")[0]).toMatchObject({ state: "lost" });
    });
  });
});

describe.concurrent("a process that has the pid of the manager before and is another one", {}, () => {
  it("keeps no manager from starting, and is left alone by it", async () => {
    await withBystander({}, async (queue, bystander) => {
      const first = await queue.start();
      await first.kill();
      const { pid, startTicks } = bystander.identity;
      const status = JSON.parse(fs.readFileSync(queue.layout.status, "utf8"));
      fs.writeFileSync(queue.layout.status, JSON.stringify({ ...status, pid, startTicks }));
      const lock = JSON.parse(fs.readFileSync(queue.layout.lock, "utf8"));
      fs.writeFileSync(queue.layout.lock, JSON.stringify({ ...lock, pid }));
      await queue.start();
      queue.deliver("job", { script: "true" });
      expect(await queue.ended("job")).toMatchObject({ state: "done" });
    });
  });
});

describe.concurrent("after the machine was started anew, a job that", () => {
  it("ran when the power went is lost, and none of what runs now is touched", async () => {
    await withBystander({ Kill_Grace: 0 }, async (queue, bystander) => {
      const attempt = await crashAmid(queue, "job", { script: SLEEPS });
      amendRecord(attempt, "launch.json", { bootId: OTHER_BOOT });
      writeStart(attempt, { ...bystander.identity, bootId: OTHER_BOOT });
      await queue.start();
      expect(await queue.ended("job")).toMatchObject({ state: "lost", attempt: 1 });
    });
  });

  it("ran then runs again where lost jobs are requeued", async () => {
    await withBystander({ On_Lost: "requeue" }, async (queue, bystander) => {
      const script = "echo $QM_ATTEMPT >>ran; echo >up; [ $QM_ATTEMPT = 2 ] || exec sleep 60";
      const attempt = await crashAmid(queue, "job", { script });
      amendRecord(attempt, "launch.json", { bootId: OTHER_BOOT });
      writeStart(attempt, { ...bystander.identity, bootId: OTHER_BOOT });
      await queue.start();
      await until("its end", () => queue.stagesOf("job").includes("finished"));
      expect(queue.history("job").map(({ attempt: number, state }) => [number, state])).toEqual([
        [1, "lost"],
        [2, "done"],
      ]);
      expect(queue.read("job", "ran")).toBe("1\n2\n");
    });
  });

  it("was claimed and had not started yet runs now, as the same attempt", async () => {
    await withBystander({}, async (queue) => {
      const attempt = await crashAmid(queue, "job", {
        script: "[ -e again ] && echo $QM_ATTEMPT >ran && exit 7; echo >up; exec sleep 60",
      });
      amendRecord(attempt, "launch.json", { bootId: OTHER_BOOT });
      for (const name of ["start", "alive", "spawning"]) fs.rmSync(`${attempt}/${name}`);
      fs.writeFileSync(`${queue.folder("running", "job")}/again`, "");
      await queue.start();
      expect(await queue.ended("job")).toMatchObject({ state: "failed", exitCode: 7, attempt: 1 });
      expect(queue.read("job", "ran")).toBe("1\n");
      expect(queue.history("job")).toHaveLength(1);
    });
  });

  it.each([
    ["is gone", undefined, OTHER_BOOT],
    ["is torn", "f00", OTHER_BOOT],
    ["is empty", "", ""],
  ])("may have started, though its start %s, is lost and does not run again", async (_, start, mark) => {
    await withBystander({}, async (queue) => {
      const script = "echo >>ran; echo >up; exec sleep 60";
      const attempt = await crashAmid(queue, "job", { script });
      amendRecord(attempt, "launch.json", { bootId: OTHER_BOOT });
      fs.writeFileSync(`${attempt}/spawning`, mark);
      if (start === undefined) fs.rmSync(`${attempt}/start`);
      else fs.writeFileSync(`${attempt}/start`, start);
      await queue.start();
      expect(await queue.ended("job")).toMatchObject({ state: "lost", attempt: 1 });
      expect(queue.read("job", "ran")).toBe("\n");
    });
  });

  it("had ended before is accounted for with its own exit code and times", async () => {
    await withBystander({}, async (queue, bystander) => {
      const attempt = await crashAmid(queue, "job", { script: SLEEPS });
      amendRecord(attempt, "launch.json", { bootId: OTHER_BOOT });
      writeStart(attempt, { ...bystander.identity, bootId: OTHER_BOOT, startTicks: "100000" });
      fs.writeFileSync(`${attempt}/exit`, "3 0 1060.5\n0m0s 0m0s\n0m2.5s 0m0.5s\nend\n");
      await queue.start();
      const record = await queue.ended("job");
      expect(record).toMatchObject({ state: "failed", exitCode: 3, ranSeconds: 60.5, cpuSeconds: 3 });
      expect(queue.history("job")).toHaveLength(1);
    });
  });

  it("was to be killed is killed, though its grace began on a clock that has started anew", async () => {
    await withBystander({ Kill_Grace: 3600 }, async (queue, bystander) => {
      const attempt = await crashAmid(queue, "job", { script: SLEEPS });
      amendRecord(attempt, "launch.json", { bootId: OTHER_BOOT });
      writeStart(attempt, { ...bystander.identity, bootId: OTHER_BOOT });
      const decided = { version: 1, kind: "killed", by: "ann", bootId: OTHER_BOOT, atUptimeSeconds: 1e9 };
      amendRecord(attempt, "end.json", decided);
      await queue.start();
      expect(await queue.ended("job")).toMatchObject({ state: "killed", killedBy: "ann" });
      expect(currentBootId()).not.toBe(OTHER_BOOT);
    });
  });
});

function earlier({ startTicks }: ProcessIdentity): string {
  return String(Number(startTicks) - 1);
}
