import { describe, expect, it } from "vitest";
import { recordAtStart } from "../../src/core/build-record.ts";
import { type JobRecord, parseRecord } from "../../src/core/record.ts";
import { launch } from "./snapshots.ts";

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
