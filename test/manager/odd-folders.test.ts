import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ranJob } from "./attempt-fixture.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const NOBODY = 65534;

/** Does something as a user who is not root, and so may not do everything; the queue becomes that user's. */
async function asOrdinaryUser(queue: InProcessQueue, act: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return act();
  giveAway(queue.base);
  process.seteuid?.(NOBODY);
  try {
    await act();
    await queue.stop();
  } finally {
    process.seteuid?.(0);
  }
}

function asRoot(act: () => void): void {
  const user = process.geteuid?.() ?? 0;
  if (process.getuid?.() === 0) process.seteuid?.(0);
  act();
  if (process.getuid?.() === 0) process.seteuid?.(user);
}

function giveAway(folder: string): void {
  fs.chownSync(folder, NOBODY, NOBODY);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.name !== "closed" && !entry.parentPath.includes("closed")) fs.chownSync(file, NOBODY, NOBODY);
  }
}

describe("a folder in the queue that the manager may not look into", () => {
  it("is shown with the reason and holds up no other job", async () => {
    const queue = makeQueue();
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    queue.put("queue", "closed", { script: "true" });
    fs.chmodSync(queue.folder("queue", "closed"), process.geteuid?.() === 0 ? 0o700 : 0);
    queue.deliver("open", { script: "true" });
    await asOrdinaryUser(queue, async () => {
      await queue.run();
      const { arriving } = await queue.shows(
        "the other waiting",
        (status) => status.waiting[0]?.name === "open" && status,
      );
      expect(arriving).toEqual([
        expect.objectContaining({
          name: "closed",
          reason: expect.stringMatching(/EACCES.*chmod -R g.rX closed/),
        }),
      ]);
    });
    fs.chmodSync(queue.folder("queue", "closed"), 0o700);
  });

  it("waits where that is true of its info file alone, and is admitted once the right is given", async () => {
    const queue = makeQueue();
    fs.writeFileSync(path.join(queue.layout.root, "QM_PAUSE"), "");
    const folder = queue.folder("queue", "closed");
    fs.renameSync(queue.stage({ script: "true" }), folder);
    fs.chmodSync(folder, 0o777);
    const info = path.join(folder, "proc_config.cfg");
    fs.chmodSync(info, 0);
    await asOrdinaryUser(queue, async () => {
      await queue.run();
      const reason = /cannot read «proc_config.cfg» in it: .*EACCES.*chmod -R g.rX closed/;
      await queue.shows(
        "the reason",
        ({ arriving: [only] }) => only !== undefined && reason.test(only.reason),
      );
      asRoot(() => fs.chmodSync(info, 0o644));
      await queue.shows("it waiting", (status) => status.waiting[0]?.name === "closed");
    });
    expect(queue.history()).toEqual([]);
  });
});

describe("a job that ended", () => {
  it.each([
    ["its folder read-only", (folder: string) => fs.chmodSync(folder, 0o555)],
    ["its folder closed even to itself", (folder: string) => fs.chmodSync(folder, 0)],
    [
      "everything in its folder read-only",
      (folder: string) => {
        fs.mkdirSync(path.join(folder, ".qm"));
        fs.writeFileSync(path.join(folder, ".qm", "job.json"), "{}", { mode: 0o444 });
        fs.chmodSync(path.join(folder, ".qm"), 0o555);
        fs.chmodSync(path.join(folder, "process.log"), 0o444);
        fs.chmodSync(folder, 0o555);
      },
    ],
    [
      "folders in the place of its records",
      (folder: string) => {
        fs.mkdirSync(path.join(folder, ".qm", "job.json", "x"), { recursive: true });
        fs.mkdirSync(path.join(folder, "QM_status.txt", "x"), { recursive: true });
      },
    ],
    [
      "links in the place of its records",
      (folder: string) => {
        fs.symlinkSync("/etc", path.join(folder, ".qm"));
        fs.symlinkSync("/etc/passwd", path.join(folder, "QM_status.txt"));
      },
    ],
    [
      "a folder in the place of its log",
      (folder: string) => {
        fs.rmSync(path.join(folder, "process.log"));
        fs.mkdirSync(path.join(folder, "process.log", "x"), { recursive: true });
      },
    ],
  ])("and left %s is accounted for all the same", async (_what, spoil) => {
    const queue = makeQueue();
    const { folder } = await ranJob(queue, "job", 0);
    spoil(folder);
    await asOrdinaryUser(queue, async () => {
      await queue.run();
      expect(await queue.ended("job", 6000)).toMatchObject({ state: "done" });
    });
    expect(queue.history()).toHaveLength(1);
    expect(fs.readFileSync("/etc/passwd", "utf8")).not.toContain("DONE");
  });
});
