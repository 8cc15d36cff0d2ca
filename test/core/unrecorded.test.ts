import { describe, expect, it } from "vitest";
import { recordAtStart } from "../../src/core/build-record.ts";
import type { JobRecord } from "../../src/core/record.ts";
import { recordUnrecorded } from "../../src/core/unrecorded.ts";
import { ENDED_AT_MS, launch } from "./snapshots.ts";

const place = { worker: "lab-1", host: "lab" };
const folder = {
  name: "job",
  strangersRunId: "made of its inode",
  why: "no record tells of its run",
  endedAtMs: ENDED_AT_MS,
};
const running = recordAtStart(launch("job", { attempt: 2 }), place);

/** The record after a crash that came before the folder was moved. */
function repeated(record: JobRecord): JobRecord {
  return recordUnrecorded(folder, record, place);
}

describe("the record of a folder in QM_Jobs of which no record tells", () => {
  it.each<[string, JobRecord | undefined]>([
    ["has no record of its own", undefined],
    ["is a finished job's, put there by hand", { ...running, state: "done", reason: "exit code 0" }],
    ["is a lost job's, put there by hand", { ...running, state: "lost", reason: "its supervisor vanished" }],
  ])("is that of a stranger where it %s", (_, own) => {
    expect(recordUnrecorded(folder, own, place)).toEqual({
      version: 1,
      name: "job",
      runId: "made of its inode",
      attempt: 0,
      state: "lost",
      reason: "no record tells of its run; what runs is put into QM_qJobs, never into QM_Jobs by hand",
      owner: "unknown",
      mailTo: [],
      description: "",
      ...place,
      finishedAt: "2026-11-22T09:10:31.000Z",
    });
  });

  it("is that of the run whose records were deleted, as lost once more", () => {
    expect(recordUnrecorded(folder, running, place)).toEqual({
      ...running,
      state: "lost",
      reason: expect.stringMatching(/were deleted before its end: nobody can tell how it went$/),
      lostInARow: 1,
      finishedAt: "2026-11-22T09:10:31.000Z",
    });
    const third = recordUnrecorded(folder, { ...running, lostInARow: 2 }, place);
    expect(third).toMatchObject({ lostInARow: 3, reason: expect.stringMatching(/; lost 3 times in a row$/) });
  });

  it.each([1, 2, 3])("is the same when it is written again after a crash: loss %d", (lostInARow) => {
    const record = recordUnrecorded(folder, { ...running, lostInARow: lostInARow - 1 }, place);
    expect(repeated(record)).toEqual(record);
    expect(repeated(repeated(record))).toEqual(record);
  });

  it("bears the folder's name of now", () => {
    expect(recordUnrecorded({ ...folder, name: "renamed" }, running, place).name).toBe("renamed");
  });
});
