import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../src/app/wait-for-end.ts";
import { type EndedJob, endedJob } from "../../src/job/job.ts";
import type { JobRecord } from "../../src/job/record.ts";
import { jobRecord } from "../support/job-record.ts";

function ended(changes: Partial<JobRecord>): EndedJob {
  return endedJob("job", jobRecord("job", changes));
}

const done = ended({ exitCode: 0 });
const failed = (exitCode: number) => ended({ state: "failed", exitCode });

describe("the exit code of whoever waited", () => {
  it.each<[string, EndedJob, number]>([
    ["that is done", done, 0],
    ["that failed", failed(7), 7],
    ["that failed with a code that is also the command's", failed(124), 124],
    ["that a signal ended", ended({ state: "failed", exitCode: 139, signal: "SIGSEGV" }), 139],
    ["that was killed, though it answered with 0", ended({ state: "killed", exitCode: 0 }), 1],
    ["that was killed by TERM", ended({ state: "killed", exitCode: 143, signal: "SIGTERM" }), 1],
    ["that took too long", ended({ state: "timed_out", exitCode: 9 }), 1],
    ["that was lost", ended({ state: "lost" }), 1],
    ["that was refused", ended({ state: "invalid" }), 1],
    ["whose record tells no code", ended({ state: "failed" }), 1],
    ["whose record tells what is no code", failed(0), 1],
    ["whose record tells a code that no shell has", failed(256), 1],
    ["that was put away by hand", { state: "put_away", name: "job" }, 1],
    ["that vanished", { state: "gone", name: "job" }, 1],
  ])("for one job %s", (_, end, code) => expect(exitCodeOf([end])).toBe(code));

  it("for several is 0 if all are done, else 1", () => {
    expect(exitCodeOf([done, done])).toBe(0);
    expect(exitCodeOf([done, failed(7)])).toBe(1);
    expect(exitCodeOf([failed(7), failed(7)])).toBe(1);
  });
});
