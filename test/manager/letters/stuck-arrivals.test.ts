import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { storeForm } from "../../../src/mail/letter.ts";
import { stuckLetter } from "../../../src/mail/manager-letters.ts";
import { StuckArrivals } from "../../../src/manager/letters/stuck-arrivals.ts";
import { actionKey } from "../../../src/plan/action.ts";
import type { Readiness } from "../../../src/plan/settle.ts";
import { layoutOf } from "../../../src/queue/layout.ts";
import { arriving } from "../../plan/snapshots.ts";
import { fill, scratchFolder } from "../../support/scratch.ts";

const MINUTE_MS = 60_000;
const UNREADABLE: Readiness = { kind: "unreadable", why: "permission denied (EACCES)" };
const UNMOVABLE: Readiness = { kind: "unmovable", user: "qm" };

let layout: ReturnType<typeof layoutOf>;
let arrivals: StuckArrivals;

beforeEach(() => {
  layout = layoutOf(scratchFolder());
  fill(layout.root, { "QM_qJobs/job/": "", ".qm/": "" });
  arrivals = new StuckArrivals(layout);
});

/** The news due at a time, with a folder in this state whose copying may have failed. */
function dueAt(nowMs: number, readiness: Readiness, failure?: string): string[] {
  const obstacles = new Map(failure === undefined ? [] : [[actionKey("copy_in", "job"), failure]]);
  return arrivals.due({ queue: [arriving("job", readiness)], obstacles }, nowMs).map(({ why }) => why);
}

describe("a folder that cannot be taken", () => {
  it("is told of once a minute is over, and not again, by the next manager neither", () => {
    expect(dueAt(0, UNREADABLE)).toEqual([]);
    expect(dueAt(MINUTE_MS - 1, UNREADABLE)).toEqual([]);
    expect(dueAt(MINUTE_MS, UNREADABLE)).toEqual([expect.stringContaining("cannot read it")]);
    arrivals.noteTold([{ name: "job", why: "" }]);
    expect(dueAt(3 * MINUTE_MS, UNREADABLE)).toEqual([]);
    arrivals = new StuckArrivals(layout);
    expect([dueAt(0, UNREADABLE), dueAt(MINUTE_MS, UNREADABLE)]).toEqual([[], []]);
  });

  it("is told of with why it could not be copied in, however often that is tried meanwhile", () => {
    expect(dueAt(0, UNMOVABLE, "no room")).toEqual([]);
    expect(dueAt(30_000, UNMOVABLE)).toEqual([]);
    expect(dueAt(MINUTE_MS, UNMOVABLE, "no room")).toEqual(["no room"]);
  });

  it("is told of neither while it is being copied in, nor where it was mended in time", () => {
    expect([dueAt(0, UNMOVABLE), dueAt(2 * MINUTE_MS, UNMOVABLE)]).toEqual([[], []]);
    dueAt(0, UNREADABLE);
    dueAt(1, { kind: "ready" });
    expect(dueAt(MINUTE_MS, UNREADABLE)).toEqual([]);
  });

  it("is told of where it is another one of the same name", () => {
    dueAt(0, UNREADABLE);
    arrivals.noteTold([{ name: "job", why: "" }]);
    fs.renameSync(path.join(layout.queue, "job"), path.join(layout.queue, "elsewhere"));
    fs.mkdirSync(path.join(layout.queue, "job"));
    expect(dueAt(MINUTE_MS, UNREADABLE)).toHaveLength(1);
  });

  it("is told of where a file system is mounted there", () => {
    dueAt(0, { kind: "mount_point" });
    expect(dueAt(MINUTE_MS, { kind: "mount_point" })).toEqual([expect.stringContaining("mount point")]);
  });

  it("is named in the letter with its owner, below the reason that others share", () => {
    const denied = (name: string, owner: string) => ({
      ...UNREADABLE,
      denied: { name, owner, isGroups: true },
    });
    const names = ["run 1", "run 2", "other"];
    fill(layout.root, Object.fromEntries(names.map((name) => [`QM_qJobs/${name}/`, ""])));
    if (process.geteuid?.() === 0) fs.chownSync(path.join(layout.queue, "run 2"), 54_321, 54_321);
    const readiness = (name: string) =>
      name === "other" ? ({ kind: "mount_point" } as const) : denied(name, "ada");
    const queue = names.map((name) => arriving(name, readiness(name)));
    arrivals.due({ queue, obstacles: new Map() }, 0);
    const due = arrivals.due({ queue, obstacles: new Map() }, MINUTE_MS);
    const { body } = stuckLetter(due, layout.queue, 0);
    const own = os.userInfo().username;
    expect(body.log?.lines).toEqual([
      expect.stringMatching(/cannot read it: .*its owner can share it with the group.*chmod -R g\+rX NAME:$/),
      `  run 1 (${own})`,
      `  run 2 (${process.geteuid?.() === 0 ? "uid 54321" : own})`,
      expect.stringMatching(/mount point/),
      `  other (${own})`,
    ]);
  });

  it("is named in the letter, with the reason", () => {
    const stuck = stuckLetter([{ name: "job", why: "no\nroom" }], layout.queue, 0);
    const letter = { ...stuck, to: ["root@lab.org"] };
    const { body } = letter;
    expect(storeForm(letter, 0).subject).toBe("[QM] «job» cannot be taken");
    expect(body.log?.lines).toEqual([expect.stringMatching(/^no.*room:$/), "  job"]);
  });
});
