import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordAtStart } from "../../src/job/build-record.ts";
import { type JobRecord, OUTCOMES } from "../../src/job/record.ts";
import { endUnrecorded, type UnrecordedEnd } from "../../src/job/unrecorded-end.ts";
import { ENDED_AT_MS, launch } from "../plan/snapshots.ts";

const place = { worker: "lab-1", host: "lab" };
const folder = {
  name: "job",
  strangersRunId: "made of its inode",
  why: "no record tells of its run",
  endedAtMs: ENDED_AT_MS,
};
const running = recordAtStart(launch("job", { attempt: 2 }), place);

function endOf(
  own: JobRecord | undefined,
  { ended, requeuesLost = false }: { readonly ended?: JobRecord; readonly requeuesLost?: boolean } = {},
): UnrecordedEnd {
  const known = { ...(own === undefined ? {} : { own }), ...(ended === undefined ? {} : { ended }) };
  return endUnrecorded({ ...folder, ...known }, place, requeuesLost);
}

describe("a folder in QM_Jobs of which no record tells", () => {
  it.each<[string, JobRecord | undefined]>([
    ["has no record of its own", undefined],
    ["is a finished job's, put there by hand", { ...running, state: "done", reason: "exit code 0" }],
    ["is a lost job's, put there by hand", { ...running, state: "lost", reason: "its supervisor vanished" }],
  ])("is a stranger's where it %s, whatever the history knows of it", (_, own) => {
    const end = endOf(own, { requeuesLost: true, ...(own === undefined ? {} : { ended: own }) });
    expect(end.stage).toBe("lost");
    expect(end.record).toEqual({
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

  it("is that of a run whose records were deleted, as lost once more", () => {
    expect(endOf(running).record).toEqual({
      ...running,
      state: "lost",
      reason: expect.stringMatching(/were deleted before its end: nobody can tell how it went$/),
      lostInARow: 1,
      finishedAt: "2026-11-22T09:10:31.000Z",
    });
    const third = endOf({ ...running, lostInARow: 2 });
    expect(third.record).toMatchObject({
      lostInARow: 3,
      reason: expect.stringMatching(/; lost 3 times in a row$/),
    });
  });

  it.each([
    [1, "queue"],
    [2, "queue"],
    [3, "lost"],
  ])("runs again at loss %d as any lost job does: %s", (lostInARow, stage) => {
    const own = { ...running, lostInARow: lostInARow - 1 };
    expect(endOf(own, { requeuesLost: true }).stage).toBe(stage);
    expect(endOf(own).stage).toBe("lost");
  });

  it.each([
    ["killed", "finished"],
    ["done", "finished"],
    ["failed", "finished"],
    ["timed_out", "finished"],
    ["lost", "lost"],
    ["invalid", "lost"],
  ] as const)(
    "has the end of its run where that was accounted for, under its name of now: %s",
    (state, stage) => {
      const ended: JobRecord = { ...running, state, reason: "as the history has it", name: "before" };
      const end = endOf(running, { ended, requeuesLost: true });
      expect(end).toEqual({ kind: "accounted", record: { ...ended, name: "job" }, stage });
    },
  );

  it("bears the folder's name of now", () => {
    const end = endUnrecorded({ ...folder, name: "renamed", own: running }, place, false);
    expect(end.record.name).toBe("renamed");
  });

  it("ends the same when it is done again after a crash: by its record, with its line in the history or without", () => {
    const owns = fc.option(
      fc.record({
        state: fc.constantFrom("running" as const, ...OUTCOMES),
        lostInARow: fc.integer({ min: 1, max: 3 }),
      }),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        owns,
        fc.option(fc.constantFrom(...OUTCOMES), { nil: undefined }),
        fc.boolean(),
        (changes, endedAs, requeuesLost) => {
          const own = changes && { ...running, ...changes };
          const ended =
            endedAs && own ? { ...running, state: endedAs, reason: "as the history has it" } : undefined;
          const first = endOf(own, { requeuesLost, ...(ended === undefined ? {} : { ended }) });
          expect(first.record.state).not.toBe("running");
          if (first.kind === "accounted") expect(first.record.state).toBe(endedAs);
          // The line is written between the record and the rename; what is accounted for is moved first.
          else
            for (const line of [{}, { ended: first.record }])
              expect(endOf(first.record, { requeuesLost, ...line })).toEqual(first);
        },
      ),
    );
  });
});
