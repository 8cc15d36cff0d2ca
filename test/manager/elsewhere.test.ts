import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { until } from "../support/until.ts";
import { ranJob } from "./attempt-fixture.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const NFS = 0x6969;

/** As if the queue lay on a network mount. */
function mountByNetwork(): void {
  const statfs = fs.statfsSync;
  vi.spyOn(fs, "statfsSync").mockImplementation(((folder: fs.PathLike) =>
    Object.assign(statfs(folder), { type: NFS })) as typeof fs.statfsSync);
}

/** A job that the manager of another machine has started; nothing tells of its end unless an exit code is given. */
async function startedElsewhere(queue: InProcessQueue, name: string, exitCode?: number): Promise<string> {
  const { attemptFolder } = await ranJob(queue, name, exitCode ?? 0);
  const file = path.join(attemptFolder, "launch.json");
  const launch = JSON.parse(fs.readFileSync(file, "utf8"));
  fs.writeFileSync(file, JSON.stringify({ ...launch, machineId: "another machine" }));
  if (exitCode === undefined) fs.rmSync(path.join(attemptFolder, "exit"));
  return attemptFolder;
}

async function worked(queue: InProcessQueue): Promise<void> {
  for (const name of ["one", "two", "three"]) {
    queue.deliver(name, { script: "sleep 0.7" });
    await queue.ended(name);
  }
}

describe("a job that the manager of another machine has started", () => {
  let queue: InProcessQueue;
  beforeEach(() => {
    queue = makeQueue({ Poll_Interval: 0.1, On_Lost: "requeue" });
  });

  it("is left alone on a network mount, with a notice, and its name stays taken", async () => {
    const attemptFolder = await startedElsewhere(queue, "far");
    mountByNetwork();
    await queue.run();
    queue.deliver("far", { script: "true" });
    await worked(queue);
    expect(await queue.ended("far-2")).toMatchObject({ state: "done" });
    expect(queue.stagesOf("far")).toEqual(["running"]);
    expect(queue.history("far")).toEqual([]);
    expect(fs.existsSync(path.join(attemptFolder, "launch.json"))).toBe(true);
    await queue.shows("the notice", ({ notices }) =>
      notices.find((text) => text.includes("launched by another machine") && text.includes("far")),
    );
  });

  it("is accounted for once its end is written down", async () => {
    await startedElsewhere(queue, "far", 7);
    mountByNetwork();
    await queue.run();
    expect(await queue.ended("far")).toMatchObject({ state: "failed", exitCode: 7 });
  });

  it("is this manager's on a disk of this machine, which may have been installed anew", async () => {
    await startedElsewhere(queue, "far");
    await queue.run();
    await until("its loss", () => queue.history("far")[0]?.state === "lost");
  });
});
