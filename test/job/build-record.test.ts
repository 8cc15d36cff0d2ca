import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordAtEnd, recordAtStart, recordUnlaunched } from "../../src/job/build-record.ts";
import type { Outcome } from "../../src/job/outcome.ts";
import { parseRecord } from "../../src/job/record.ts";
import {
  ADMITTED_AT_MS,
  CLAIMED_AT_MS,
  ENDED_AT_MS,
  info,
  launch,
  STARTED_AT_MS,
} from "../plan/snapshots.ts";

const place = { worker: "lab-1", host: "lab-1.local" };
const facts = { startedAtMs: STARTED_AT_MS, endedAtMs: ENDED_AT_MS, ranSeconds: 600 };

/** The part of its record that is the same for every end. */
const always = {
  version: 1,
  name: "job",
  runId: "run of job",
  attempt: 1,
  owner: "ann@lab.org",
  description: "a sweep",
  script: "sh run.sh",
  infoFile: "proc_config.cfg",
  mailTo: ["ann@lab.org"],
  priority: 0,
  worker: "lab-1",
  host: "lab-1.local",
  mailOn: ["end"],
  processors: 1,
  queuedAt: "2026-11-22T09:00:00.000Z",
};

describe("the record of a job that starts", () => {
  it("tells what runs, where, and how long it has waited", () => {
    expect(recordAtStart(launch("job"), place)).toEqual({
      ...always,
      state: "running",
      reason: "running",
      startedAt: "2026-11-22T09:00:30.000Z",
      waitedSeconds: 30,
    });
  });

  it("tells what else the job was given and asked for, where there is such", () => {
    const asked = info({ size: "12 GB", timeLimitSeconds: 3600, processors: 64 });
    const record = recordAtStart(
      launch("job", { info: asked, processors: 2, processorIds: [0, 3], attempt: 4 }),
      place,
    );
    expect(record).toMatchObject({
      size: "12 GB",
      timeLimitSeconds: 3600,
      processors: 2,
      processorIds: [0, 3],
      attempt: 4,
    });
  });

  it("never tells of a negative wait, though the clock was set back meanwhile", () => {
    const record = recordAtStart(launch("job", { claimedAtMs: ADMITTED_AT_MS - 3_600_000 }), place);
    expect(record.waitedSeconds).toBe(0);
  });
});

describe("the record of a job that has ended", () => {
  it("of one that is done tells its times", () => {
    expect(recordAtEnd(launch("job"), { kind: "done" }, facts, place)).toEqual({
      ...always,
      state: "done",
      reason: "the command ended with exit code 0",
      exitCode: 0,
      startedAt: "2026-11-22T09:00:31.000Z",
      finishedAt: "2026-11-22T09:10:31.000Z",
      waitedSeconds: 31,
      ranSeconds: 600,
    });
  });

  it("tells what it cost, where that is known", () => {
    const costs = { cpuSeconds: 1200.5, peakMemoryBytes: 3e9 };
    expect(recordAtEnd(launch("job"), { kind: "done" }, { ...facts, ...costs }, place)).toMatchObject(costs);
  });

  it.each<[Outcome, object]>([
    [
      { kind: "failed", exitCode: 3 },
      { state: "failed", exitCode: 3 },
    ],
    [
      { kind: "failed", exitCode: 137, signal: "SIGKILL" },
      { state: "failed", exitCode: 137, signal: "SIGKILL" },
    ],
    [
      { kind: "killed", by: "bob", exitCode: 143, signal: "SIGTERM" },
      { state: "killed", killedBy: "bob", exitCode: 143, signal: "SIGTERM" },
    ],
    [
      { kind: "timed_out", limitSeconds: 60, exitCode: 0 },
      { state: "timed_out", exitCode: 0, reason: "ran longer than its time limit of 1 min" },
    ],
    [
      { kind: "lost", why: "its supervisor vanished" },
      { state: "lost", reason: "its supervisor vanished" },
    ],
  ])("tells the outcome %o", (outcome, expected) => {
    expect(recordAtEnd(launch("job"), outcome, facts, place)).toMatchObject(expected);
  });

  it("tells of no exit code where none was seen", () => {
    const lost = recordAtEnd(launch("job"), { kind: "lost", why: "?" }, facts, place);
    expect(lost).not.toHaveProperty("exitCode");
    const killed = recordAtEnd(launch("job"), { kind: "killed", by: "bob" }, facts, place);
    expect(killed).not.toHaveProperty("exitCode");
  });

  it("of one that never started tells no start, and a wait up to its claim", () => {
    const record = recordAtEnd(
      launch("job"),
      { kind: "killed", by: "bob" },
      { endedAtMs: CLAIMED_AT_MS + 500 },
      place,
    );
    expect(record).toMatchObject({
      state: "killed",
      waitedSeconds: 30,
      finishedAt: "2026-11-22T09:00:30.500Z",
    });
    for (const absent of ["startedAt", "ranSeconds", "cpuSeconds"]) expect(record).not.toHaveProperty(absent);
  });

  it("is read back as it was written, whatever the outcome", () => {
    const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
      fc.constant<Outcome>({ kind: "done" }),
      fc
        .integer({ min: 1, max: 255 })
        .map((exitCode): Outcome => ({ kind: "failed", exitCode, signal: "SIGINT" })),
      fc.string().map((by): Outcome => ({ kind: "killed", by })),
      fc.integer({ min: 1 }).map((limitSeconds): Outcome => ({ kind: "timed_out", limitSeconds })),
      fc.string().map((why): Outcome => ({ kind: "lost", why })),
      fc.array(fc.string()).map((problems): Outcome => ({ kind: "invalid", problems })),
    );
    const someFacts = fc.record(
      {
        startedAtMs: fc.constant(STARTED_AT_MS),
        endedAtMs: fc.constant(ENDED_AT_MS),
        ranSeconds: fc.double({ min: 0, max: 1e7, noNaN: true }).filter((seconds) => !Object.is(seconds, -0)),
        cpuSeconds: fc.nat(),
        peakMemoryBytes: fc.nat(),
      },
      { requiredKeys: ["endedAtMs"] },
    );
    fc.assert(
      fc.property(fc.string(), outcomes, someFacts, (name, outcome, known) => {
        const record = recordAtEnd(launch(name), outcome, known, place);
        expect(parseRecord(JSON.stringify(record))).toEqual(record);
      }),
    );
  });
});

describe("the record of a job that was never launched", () => {
  const refusedJob = { name: "job", runId: "r", attempt: 1, endedAtMs: ENDED_AT_MS };

  it("of a refused one tells every problem", () => {
    const outcome: Outcome = { kind: "invalid", problems: ["script: is missing", "nb_proc: is `two`"] };
    expect(recordUnlaunched(refusedJob, outcome, place)).toEqual({
      version: 1,
      name: "job",
      runId: "r",
      attempt: 1,
      state: "invalid",
      reason: "script: is missing\nnb_proc: is `two`",
      problems: ["script: is missing", "nb_proc: is `two`"],
      owner: "unknown",
      mailTo: [],
      description: "",
      worker: "lab-1",
      host: "lab-1.local",
      finishedAt: "2026-11-22T09:10:31.000Z",
    });
  });

  it("of a refused one counts for whom its file names, as far as that could be read", () => {
    const job = { ...refusedJob, person: { owner: "ada", mailTo: ["a@lab.org"] } };
    const outcome: Outcome = { kind: "invalid", problems: ["script: is missing"] };
    expect(recordUnlaunched(job, outcome, place)).toMatchObject({ owner: "ada", mailTo: ["a@lab.org"] });
  });

  it("of a withdrawn one tells what it asked for, and since when it waited", () => {
    const job = { ...refusedJob, info: info(), queuedAtMs: ADMITTED_AT_MS };
    expect(recordUnlaunched(job, { kind: "killed", by: "ann" }, place)).toMatchObject({
      state: "killed",
      killedBy: "ann",
      owner: "ann@lab.org",
      script: "sh run.sh",
      queuedAt: "2026-11-22T09:00:00.000Z",
    });
  });
});
