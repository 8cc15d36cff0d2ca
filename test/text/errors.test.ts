import { describe, expect, it } from "vitest";
import { QmError } from "../../src/text/errors.ts";

describe("an error of the program", () => {
  it("tells what went wrong, where, what was tried, how to mend it, and what lies beneath", () => {
    const cause = new Error("EACCES");
    const error = new QmError("refused", "the job cannot be moved", {
      path: "/qm/QM_qJobs/job",
      tried: "move the job to QM_Jobs",
      mend: "give the manager's user the right to write there",
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "QmError",
      code: "refused",
      message: "the job cannot be moved",
      path: "/qm/QM_qJobs/job",
      tried: "move the job to QM_Jobs",
      mend: "give the manager's user the right to write there",
      cause,
    });
  });

  it("needs no more than a code and a message", () => {
    const error = new QmError("failed", "no");
    expect([error.path, error.tried, error.mend, error.cause]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    ["failed", 1],
    ["usage", 2],
    ["no_such_job", 3],
    ["refused", 4],
    ["no_daemon", 5],
    ["no_queue", 1],
    ["timeout", 124],
    ["interrupted", 130],
  ] as const)("%s makes the command end with exit code %i", (code, exitCode) => {
    expect(new QmError(code, "").exitCode).toBe(exitCode);
  });
});
