import { describe, expect, it } from "vitest";
import { factsOf, factsOfRecord, factsOfRun, insertFacts, pickFacts } from "../../src/job/facts.ts";
import { endedJob, type Job } from "../../src/job/job.ts";
import { info } from "../plan/snapshots.ts";
import { running, waiting } from "../storybook/domain.ts";
import { jobRecord } from "../support/job-record.ts";

const record = jobRecord("job", { attempt: 2, processors: 2, processorIds: [0, 3], worker: "w", host: "h" });

function labelled(label: string, facts: ReturnType<typeof factsOf>) {
  return pickFacts(facts, label).map(({ text, full, at }) => full ?? text ?? at);
}

describe("the facts of a job", () => {
  it("come from its info file and the manager's view while it is in the queue", () => {
    const job = waiting(0, { rank: 3, expectedStartSeconds: 600 });
    const facts = factsOf({ job, record, info: info({ processors: 4 }), maxProcessors: 2 });
    expect(labelled("Place", facts)).toEqual(["3"]);
    expect(labelled("Processors", facts)).toEqual(["4, lowered to 2"]);
    expect(labelled("Starts", facts)).toEqual(["in about 10 min"]);
    expect(labelled("Queued", facts)).toEqual([job.queuedAt]);
    expect(labelled("Last attempt", facts)).toEqual(["2: done"]);
  });

  it("are those of its record once it has begun, and none without one", () => {
    for (const job of [running(0, {}), endedJob("job", record)] satisfies Job[]) {
      expect(factsOf({ job, record })).toEqual(factsOfRecord(record));
      expect(factsOf({ job, record: undefined })).toEqual([]);
    }
  });

  it("have all that is known beside the main thing", () => {
    const facts = pickFacts(factsOfRecord(record), "Worker", "Processors", "Attempt");
    expect(facts.map(({ text, full }) => [text, full])).toEqual([
      ["w", "w on h"],
      ["2", "2 (numbers 0, 3)"],
      ["2", "2"],
    ]);
    expect(pickFacts(factsOfRecord({ ...record, attempt: 1 }), "Attempt")).toEqual([
      { label: "Attempt", text: "", full: "1" },
    ]);
  });

  it("take in others behind one of them", () => {
    const job = running(0, { log: "3 / 10", expectedEndSeconds: 0 });
    const labels = insertFacts(factsOfRecord(record), "Owner", factsOfRun(job)).map(({ label }) => label);
    expect(labels.slice(1, 6)).toEqual(["Command", "Owner", "Progress", "Ends", "Description"]);
    expect(factsOfRun(endedJob("job", record))).toEqual([]);
  });
});

it("a record that tells of no end means that its job was put away", () => {
  const begun = { ...record, state: "running" as const };
  expect(endedJob("job", begun)).toEqual({ state: "put_away", name: "job", record: begun });
});
