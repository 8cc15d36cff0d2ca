import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { leaveStopRequest } from "../../src/queue/manager-requests.ts";
import { makeRequest } from "../../src/queue/requests.ts";
import { isRunning } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { orSkip } from "../support/tools.ts";
import { until } from "../support/until.ts";

let mountPoint = "";
let queue: TestQueue | undefined;

/** A file system of 20 MB that takes so many files and folders; false where mounting is not allowed. */
function mountWith(inodes: number): boolean {
  mountPoint = fs.mkdtempSync(path.join(os.tmpdir(), "qm-system-"));
  const options = `size=20m,nr_inodes=${inodes}`;
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", mountPoint]).status === 0;
}

function unmount(): void {
  spawnSync("umount", [mountPoint]);
  fs.rmSync(mountPoint, { recursive: true, force: true });
}

const canMount = orSkip(mountWith(20), "the right to mount a small file system");
unmount();

afterEach(async () => {
  await queue?.close();
  unmount();
});

/** A queue in which a job runs that has used up all inodes. */
async function greedyQueue(
  script: string,
): Promise<{ readonly queue: TestQueue; readonly free: () => void }> {
  mountWith(150);
  const made = new TestQueue({}, path.join(mountPoint, "q"));
  queue = made;
  await made.start();
  made.deliver("greedy", { script: `echo $$ >pid; ${script}` });
  await made.wrote("greedy", "pid");
  const tiny = path.join(mountPoint, "tiny");
  fs.mkdirSync(tiny);
  try {
    for (let number = 0; ; number += 1) fs.writeFileSync(path.join(tiny, String(number)), "");
  } catch {
    // None is left.
  }
  return { queue: made, free: () => fs.rmSync(tiny, { recursive: true }) };
}

const noteOf = (made: TestQueue) => made.status()?.running[0]?.note;

describe.runIf(canMount)("on a disk without a free inode", () => {
  it("a running job is killed, which is written down once there is room", async () => {
    const { queue: made, free } = await greedyQueue("sleep 600");
    await until("the shortage told", () =>
      made.status()?.closed?.includes("no room for new files (inodes): 0 of 150"),
    );
    const pid = Number(made.read("greedy", "pid"));
    makeRequest(made.folder("running", "greedy"), "QM_KILL", "ann");
    await until("the job's end", () => !isRunning(pid));
    free();
    expect(await made.ended("greedy")).toMatchObject({ state: "killed", reason: "killed by ann" });
    made.deliver("next", { script: "true" });
    expect(await made.ended("next")).toMatchObject({ state: "done" });
  });

  it("a job's own end outlives its manager, which stops and starts there", async () => {
    const { queue: made, free } = await greedyQueue("until [ -e go ]; do sleep 0.05; done; exit 3");
    fs.renameSync(
      path.join(made.folder("running", "greedy"), "pid"),
      path.join(made.folder("running", "greedy"), "go"),
    );
    await until("the note", () => noteOf(made)?.includes("has ended"));
    leaveStopRequest(made.layout.stopRequest, "leave");
    expect(await made.manager.end()).toBe(0);
    await made.start();
    await until("the note of the next manager", () => noteOf(made)?.includes("has ended"));
    free();
    expect(await made.ended("greedy")).toMatchObject({ state: "failed", exitCode: 3, attempt: 1 });
    expect(made.history("greedy")).toHaveLength(1);
  });
});
