import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  markSpawning,
  markVerified,
  mayHaveSpawnedBefore,
  recordEnd,
  spawnedIn,
} from "../../../src/queue/attempts/attempt-marks.ts";
import { Attempts } from "../../../src/queue/attempts/attempts.ts";
import type { Layout } from "../../../src/queue/layout.ts";
import { endIntent, launch } from "../../plan/snapshots.ts";
import { makeQueueFolder } from "../../support/queue-folder.ts";

let layout: Layout;
let attempts: Attempts;

beforeEach(() => {
  ({ layout } = makeQueueFolder());
  attempts = new Attempts(layout, "lab-1");
});

/** View of a manager that has just been started. */
function afterRestart() {
  return new Attempts(layout, "lab-1").list();
}

describe("the marks of an attempt", () => {
  it("tell that the claimed folder was seen unchanged", async () => {
    const attempt = await attempts.create(launch("job"));
    markVerified(attempt.folder);
    markVerified(attempt.folder);
    expect(afterRestart()).toEqual([{ ...attempt, verified: true }]);
  });

  it("tell the decision to end it; the first one stands", async () => {
    const attempt = await attempts.create(launch("job"));
    recordEnd(attempt.folder, endIntent("timed_out", "its time limit"));
    recordEnd(attempt.folder, endIntent("killed", "ann"));
    expect(afterRestart()).toEqual([{ ...attempt, end: endIntent("timed_out", "its time limit") }]);
  });

  it("tell the decision to end it on a full disk too", async () => {
    const attempt = await attempts.create(launch("job"));
    vi.spyOn(fs, "writeSync").mockImplementation(() => {
      throw Object.assign(new Error("no room"), { code: "ENOSPC" });
    });
    recordEnd(attempt.folder, endIntent("killed", "qm stop --kill"));
    recordEnd(attempt.folder, endIntent("timed_out", "its time limit"));
    vi.restoreAllMocks();
    expect(afterRestart()).toEqual([{ ...attempt, end: endIntent("killed", "qm stop --kill") }]);
    recordEnd(attempt.folder, endIntent("timed_out", "its time limit"));
    expect(afterRestart()).toEqual([{ ...attempt, end: endIntent("killed", "qm stop --kill") }]);
  });

  it("tell the decision to end it where there is no inode, over the supervisor's spare", async () => {
    const attempt = await attempts.create(launch("job"));
    const spare = path.join(attempt.folder, "end.json.spare");
    fs.writeFileSync(spare, " ".repeat(1023));
    const { ino } = fs.statSync(spare);
    const full = Object.assign(new Error("no room"), { code: "ENOSPC" });
    const open = fs.openSync;
    vi.spyOn(fs, "openSync").mockImplementation((file, flags, ...mode) => {
      if (flags === "wx") throw full;
      return open(file, flags, ...mode);
    });
    vi.spyOn(fs, "symlinkSync").mockImplementation(() => {
      throw full;
    });
    recordEnd(attempt.folder, endIntent("killed", "ann"));
    vi.restoreAllMocks();
    expect(fs.statSync(path.join(attempt.folder, "end.json")).ino).toBe(ino);
    expect(afterRestart()).toEqual([{ ...attempt, end: endIntent("killed", "ann") }]);
  });

  it("are written anew where a decision was torn", async () => {
    const attempt = await attempts.create(launch("job"));
    fs.writeFileSync(path.join(attempt.folder, "end.json"), '{"version"');
    expect(afterRestart()).toEqual([attempt]);
    recordEnd(attempt.folder, endIntent("killed"));
    expect(afterRestart()).toEqual([{ ...attempt, end: endIntent("killed") }]);
  });

  it("tell whether a shim may have been spawned in an earlier run of the machine, also where a power cut took the text", async () => {
    const { folder } = await attempts.create(launch("job"));
    expect(mayHaveSpawnedBefore(folder, "boot-1")).toBe(false);
    markSpawning(folder, "boot-1", "pid:[7]");
    expect(spawnedIn(folder)).toBe("pid:[7]");
    expect(mayHaveSpawnedBefore(folder, "boot-1")).toBe(false);
    expect(mayHaveSpawnedBefore(folder, "boot-2")).toBe(true);
    fs.writeFileSync(path.join(folder, "spawning"), "");
    expect(mayHaveSpawnedBefore(folder, "boot-1")).toBe(true);
  });
});
