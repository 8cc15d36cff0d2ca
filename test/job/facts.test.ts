import { describe, expect, it } from "vitest";
import { type FactKey, factsOf, factsOfRecord, factsOfRun, listFacts } from "../../src/job/facts.ts";
import { endedJob, type Job } from "../../src/job/job.ts";
import { info } from "../plan/snapshots.ts";
import { running, waiting } from "../storybook/domain.ts";
import { jobRecord } from "../support/job-record.ts";

const record = jobRecord("job", { attempt: 2, processors: 2, processorIds: [0, 3], worker: "w", host: "h" });

function valuesOf(facts: ReturnType<typeof factsOf>, wanted: FactKey) {
  const chosen = listFacts(facts).filter(({ key }) => key === wanted);
  return chosen.map(({ full, at }) => full ?? at);
}

describe("the facts of a job", () => {
  it("come from its info file and the manager's view while it is in the queue", () => {
    const job = waiting(0, { rank: 3, expectedStartSeconds: 600 });
    const facts = factsOf({ job, record, info: info({ processors: 4 }), maxProcessors: 2 });
    expect(valuesOf(facts, "place")).toEqual(["3"]);
    expect(valuesOf(facts, "processors")).toEqual(["4, lowered to 2"]);
    expect(valuesOf(facts, "starts")).toEqual(["in about 10 min"]);
    expect(valuesOf(facts, "queued")).toEqual([job.queuedAt]);
    expect(valuesOf(facts, "lastAttempt")).toEqual(["2: done"]);
  });

  it("are those of its record once it has begun, and none without one", () => {
    for (const job of [running(0, {}), endedJob("job", record)] satisfies Job[]) {
      expect(factsOf({ job, record })).toEqual(factsOfRecord(record));
      expect(factsOf({ job, record: undefined })).toEqual({});
    }
  });

  it("have all that is known beside the main thing", () => {
    const { worker, processors, attempt } = factsOfRecord(record);
    expect(worker).toMatchObject({ text: "w", full: "w on h" });
    expect(processors).toMatchObject({ text: "2", full: "2 (numbers 0, 3)" });
    expect(attempt).toMatchObject({ text: "2", full: "2" });
    expect(factsOfRecord({ ...record, attempt: 1 }).attempt).toMatchObject({ text: "", full: "1" });
  });

  it("take in others behind one of them", () => {
    const job = running(0, { log: "3 / 10", expectedEndSeconds: 0 });
    const labels = listFacts(factsOfRecord(record), "owner", factsOfRun(job)).map(({ label }) => label);
    expect(labels.slice(1, 6)).toEqual(["Command", "Owner", "Progress", "Ends", "Description"]);
    expect(factsOfRun(endedJob("job", record))).toEqual({});
  });
});

it("a record that tells of no end means that its job was put away", () => {
  const begun = { ...record, state: "running" as const };
  expect(endedJob("job", begun)).toEqual({ state: "put_away", name: "job", record: begun });
});
