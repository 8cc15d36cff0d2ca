import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordAtEnd, recordUnlaunched } from "../../../src/job/build-record.ts";
import type { JobRecord } from "../../../src/job/record.ts";
import { statusText } from "../../../src/queue/books/job-records.ts";
import { ENDED_AT_MS, info, launch, STARTED_AT_MS } from "../../plan/snapshots.ts";

const place = { worker: "lab-1", host: "lab-1.local" };
const done = recordAtEnd(
  launch("sweep", { processors: 2, info: info({ timeLimitSeconds: 3600 }) }),
  { kind: "done" },
  {
    startedAtMs: STARTED_AT_MS,
    endedAtMs: ENDED_AT_MS,
    ranSeconds: 600,
    cpuSeconds: 1190,
    peakMemoryBytes: 123_456_789,
  },
  place,
);

beforeEach(() => {
  vi.stubEnv("TZ", "Europe/Paris");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the text for people", () => {
  it("tells everything that is known of a job", () => {
    expect(statusText(done)).toBe(`DONE  sweep

the command ended with exit code 0

Description:   a sweep
Owner:         ann@lab.org
Command:       sh run.sh
Queued:        2026-11-22 10:00:00 +0100
Started:       2026-11-22 10:00:31 +0100
Finished:      2026-11-22 10:10:31 +0100
Waited:        31 s
Ran:           10 min
Time limit:    1 h
Processors:    2
Worker:        lab-1
Exit code:     0
CPU time:      19 min 50 s
Peak memory:   123.5 MB
`);
  });

  it("tells of a job that could not run every problem on a line, and leaves out what is not known", () => {
    const job = { name: "bad", runId: "r", attempt: 1, endedAtMs: ENDED_AT_MS };
    const problems = ["job.json, script: is missing", "job.json, nb_proc: is `two`"];
    expect(statusText(recordUnlaunched(job, { kind: "invalid", problems }, place))).toBe(`NOT RUN  bad

job.json, script: is missing
job.json, nb_proc: is \`two\`

Owner:         unknown
Finished:      2026-11-22 10:10:31 +0100
Worker:        lab-1
`);
  });

  it.each<[JobRecord["state"], string]>([
    ["running", "RUNNING"],
    ["done", "DONE"],
    ["failed", "FAILED"],
    ["killed", "KILLED"],
    ["timed_out", "TIMED OUT"],
    ["lost", "LOST"],
    ["invalid", "NOT RUN"],
  ])("begins with the state: %s", (state, word) => {
    expect(statusText({ ...done, state }).split("\n")[0]).toBe(`${word}  sweep`);
  });

  it("tells where the original of a job lies that was copied in", () => {
    const text = statusText({ ...done, original: "QM_qJobs/.qm-original-sweep" });
    expect(text).toContain(
      "\nOriginal:      QM_qJobs/.qm-original-sweep (yours to delete, if it is still there)\n",
    );
  });

  it("tells the signal, and which attempt it was from the second on", () => {
    const text = statusText({ ...done, signal: "SIGKILL", attempt: 2 });
    expect(text).toContain("Signal:        SIGKILL\n");
    expect(text).toContain("Attempt:       2\n");
    expect(statusText(done)).not.toContain("Attempt");
  });

  it("lets no stranger's text forge a line", () => {
    const forged = {
      ...done,
      name: "a\nDONE  b",
      description: "x\nOwner: somebody else",
      reason: "killed by \u001b[2Jann\n",
      owner: "ann\r",
    };
    const lines = statusText(forged).split("\n");
    expect(lines[0]).toBe("DONE  a\\nDONE  b");
    expect(lines[2]).toBe("killed by \\x1b[2Jann\\n");
    expect(lines).toContain("Description:   x\\nOwner: somebody else");
    expect(lines).toContain("Owner:         ann\\r");
  });

  it("can be told of a record whose times are no times, as a stranger may have written it", () => {
    expect(statusText({ ...done, startedAt: "yesterday" })).toContain("DONE  sweep");
  });
});
