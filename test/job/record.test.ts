import { describe, expect, it } from "vitest";
import { recordAtStart } from "../../src/job/build-record.ts";
import { attemptAfter, type JobRecord, MAX_ATTEMPT, parseRecord } from "../../src/job/record.ts";
import { launch } from "../plan/snapshots.ts";

const record: JobRecord = recordAtStart(launch("job"), { worker: "lab-1", host: "lab-1.local" });

function textWith(changes: Record<string, unknown>): string {
  return JSON.stringify({ ...record, ...changes });
}

describe("a record read back", () => {
  it("is the record that was written", () => {
    expect(parseRecord(JSON.stringify(record, null, 2))).toEqual(record);
  });

  it("lets fields pass that a later version may have added, and leaves them out", () => {
    expect(parseRecord(textWith({ colour: "blue" }))).toEqual(record);
  });

  it.each(["running", "done", "failed", "killed", "timed_out", "lost", "invalid"])("may be %s", (state) =>
    expect(parseRecord(textWith({ state }))?.state).toBe(state),
  );

  it.each([
    ["nothing", ""],
    ["a torn line", JSON.stringify(record).slice(0, -10)],
    ["JSON that is no object", "null"],
    ["a list", `[${JSON.stringify(record)}]`],
    ["no version", textWith({ version: undefined })],
    ["another version", textWith({ version: 2 })],
    ["no name", textWith({ name: undefined })],
    ["an unknown state", textWith({ state: "succeeded" })],
    ["a state in other letters", textWith({ state: "Done" })],
    ["an attempt below 0", textWith({ attempt: -1 })],
    ["an attempt that no job can have had", textWith({ attempt: 1e15 })],
    ["half an attempt", textWith({ attempt: 1.5 })],
    ["a text for a number", textWith({ exitCode: "0" })],
    ["null for a number", textWith({ ranSeconds: null })],
    ["an address that is no text", textWith({ mailTo: [7] })],
  ])("is none where there is %s", (_, text) => expect(parseRecord(text)).toBeUndefined());
});

describe("the number of an attempt", () => {
  const latest = { ...record, attempt: 3, runId: "latest" };

  it.each<[string, JobRecord | undefined, string, number]>([
    ["the first", undefined, "new", 1],
    ["the next", latest, "new", 4],
    ["the same when it is told again", latest, "latest", 3],
    ["that of a job that was refused, which was no attempt", { ...latest, state: "invalid" }, "new", 3],
    ["the first where it was refused at once", { ...latest, state: "invalid", attempt: 0 }, "new", 1],
    ["the first after what was no run at all", { ...latest, attempt: 0 }, "new", 1],
    ["never more than a record may hold", { ...latest, attempt: MAX_ATTEMPT }, "new", MAX_ATTEMPT],
  ])("is %s", (_, before, runId, attempt) => expect(attemptAfter(before, runId)).toBe(attempt));
});
