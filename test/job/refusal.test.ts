import { describe, expect, it } from "vitest";
import { isSameRefusal, recordUnlaunched } from "../../src/job/build-record.ts";

const place = { worker: "lab-1", host: "lab" };
const job = { name: "job", runId: "first", attempt: 1, endedAtMs: 0 };
const problems = ["no script", "nb_proc is 0"];
const refused = recordUnlaunched(job, { kind: "invalid", problems }, place);

describe("a refusal", () => {
  it("is the same under the same name for the same reasons", () => {
    expect(isSameRefusal(refused, "job", [...problems])).toBe(true);
  });

  it.each([
    ["no record lies in the folder", undefined, "job", problems],
    ["the job was withdrawn", recordUnlaunched(job, { kind: "killed", by: "ada" }, place), "job", problems],
    ["the folder has another name", refused, "other", problems],
    ["another reason has been added", refused, "job", [...problems, "e_mail is none"]],
    ["a reason is gone", refused, "job", problems.slice(1)],
  ] as const)("is another one where %s", (_, before, name, reasons) => {
    expect(isSameRefusal(before, name, reasons)).toBe(false);
  });
});
