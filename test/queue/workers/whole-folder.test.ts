import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readInputs, writeInputs } from "../../../src/queue/books/job-records.ts";
import { orderedInputs } from "../../../src/queue/workers/order.ts";
import { findMissing } from "../../../src/queue/workers/whole-folder.ts";
import { fill, scratchFolder } from "../../support/scratch.ts";

let job: string;

beforeEach(() => {
  job = path.join(scratchFolder(), "job");
  fill(job, { "run.sh": "true\n", "data/in.csv": "1,2\n", "data/empty/": "" });
});

describe("a job's folder as another machine sees it", () => {
  it("is whole where all that the manager has seen is there", async () => {
    fs.writeFileSync(Buffer.concat([Buffer.from(`${job}/`), Buffer.from([0xe9])]), "x");
    writeInputs(job);
    const inputs = orderedInputs(readInputs(job) ?? { version: 1, entries: [] });
    expect(inputs).toHaveLength(3);
    expect(await findMissing(job, inputs)).toBeUndefined();
  });

  it("is not there before it is listed", async () => {
    expect(await findMissing(`${job}2`, [])).toBe("its folder is not to be seen here yet");
  });

  it.each([
    [{ path: "data/in.csv", bytes: 9 }, "data/in.csv has 4 of 9 bytes here"],
    [{ path: "data/out.csv", bytes: 9 }, "data/out.csv is not to be seen here yet"],
    [{ path: "sub/in.csv", bytes: 9 }, "sub/in.csv is not to be seen here yet"],
    [{ path: "gone.json" }, "gone.json is not to be seen here yet"],
  ])("lacks %j", async (input, missing) => {
    expect(await findMissing(job, [{ path: "run.sh", bytes: 5 }, input])).toBe(missing);
  });

  it("needs no more than the name of a file that the manager writes into", async () => {
    expect(await findMissing(job, [{ path: "run.sh" }])).toBeUndefined();
  });
});
