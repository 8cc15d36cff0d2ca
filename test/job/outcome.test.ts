import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecidedOutcome, describeOutcome, type Outcome, outcomeOfRun } from "../../src/job/outcome.ts";

const killed: DecidedOutcome = { kind: "killed", by: "ann" };
const timedOut: DecidedOutcome = { kind: "timed_out", limitSeconds: 60 };
const lost: DecidedOutcome = { kind: "lost", why: "its supervisor vanished" };

describe("how a job ended, by its exit record", () => {
  it.each<[string, Parameters<typeof outcomeOfRun>, Outcome]>([
    ["exit code 0", [{ exitCode: 0 }, undefined], { kind: "done" }],
    ["another exit code", [{ exitCode: 2 }, undefined], { kind: "failed", exitCode: 2 }],
    [
      "a signal",
      [{ exitCode: 139, signal: "SIGSEGV" }, undefined],
      { kind: "failed", exitCode: 139, signal: "SIGSEGV" },
    ],
    [
      "the end that a person wanted",
      [{ exitCode: 143, signal: "SIGTERM" }, killed],
      { kind: "killed", by: "ann", exitCode: 143, signal: "SIGTERM" },
    ],
    [
      "a job that answers TERM with exit code 0",
      [{ exitCode: 0 }, killed],
      { kind: "killed", by: "ann", exitCode: 0 },
    ],
    [
      "a job that answers the end of its time with exit code 0",
      [{ exitCode: 0 }, timedOut],
      { kind: "timed_out", limitSeconds: 60, exitCode: 0 },
    ],
    [
      "the end of its time",
      [{ exitCode: 137, signal: "SIGKILL" }, timedOut],
      { kind: "timed_out", limitSeconds: 60, exitCode: 137, signal: "SIGKILL" },
    ],
    ["no exit record, and so it was decided", [undefined, lost], { ...lost }],
    ["an exit record that appears once it counts as lost", [{ exitCode: 0 }, lost], { ...lost }],
  ])("%s", (_, given, outcome) => expect(outcomeOfRun(...given)).toEqual(outcome));

  it("is a success only for exit code 0 that nobody had decided on", () => {
    const exits = fc.record({ exitCode: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(exits, fc.constantFrom(undefined, killed, timedOut, lost), (exit, end) => {
        const isDone = outcomeOfRun(exit, end).kind === "done";
        expect(isDone).toBe(exit.exitCode === 0 && end === undefined);
      }),
    );
  });
});

describe("the cause in plain words", () => {
  it.each<[Outcome, string]>([
    [{ kind: "done" }, "the command ended with exit code 0"],
    [{ kind: "failed", exitCode: 3 }, "the command ended with exit code 3"],
    [
      { kind: "failed", exitCode: 137, signal: "SIGKILL" },
      "the command ended with exit code 137 (signal SIGKILL)",
    ],
    [{ kind: "failed", exitCode: 127 }, "the command ended with exit code 127: the command was not found"],
    [
      { kind: "failed", exitCode: 126 },
      "the command ended with exit code 126: the command could not be executed",
    ],
    [{ kind: "killed", by: "ann on the page" }, "killed by ann on the page"],
    [{ kind: "timed_out", limitSeconds: 5400 }, "ran longer than its time limit of 1 h 30 min"],
    [{ kind: "lost", why: "its supervisor vanished" }, "its supervisor vanished"],
    [{ kind: "invalid", problems: ["no script", "no processors"] }, "no script\nno processors"],
  ])("%o", (outcome, words) => expect(describeOutcome(outcome)).toBe(words));
});
