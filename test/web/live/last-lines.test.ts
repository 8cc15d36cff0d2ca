import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { lastLinesOf } from "../../../src/web/live/last-lines.ts";
import { tries } from "../../support/chance.ts";
import { giveToOrdinaryUser, makeFifo, rootOrSkip } from "../../support/scratch.ts";
import { whileSwapped } from "../../support/swapping.ts";
import { JobFolder } from "../log/job-folder.ts";

const SECRET = "somebody else's";

let job: JobFolder;
let elsewhere: string;

beforeEach(() => {
  job = new JobFolder();
  elsewhere = path.join(job.layout.root, "elsewhere");
  fs.mkdirSync(elsewhere);
  fs.writeFileSync(path.join(elsewhere, "process.log"), `${SECRET}\n`, { mode: 0o600 });
});

function lastLine(): string | undefined {
  return lastLinesOf(job.layout, [job]).get(job.name);
}

test("the last line that is not empty is told, as a terminal shows it", () => {
  job.append("first\n 1 / 3\r 2 / 3\n\n  \n");
  expect(lastLine()).toBe("2 / 3");
  job.append("\x1b[31mnot ended yet");
  expect(lastLine()).toBe("not ended yet");
});

test("a log of any length gives the beginning of its last line", () => {
  job.append(`${"x".repeat(100_000)}\n${"y".repeat(500)}`);
  expect(lastLine()).toBe("y".repeat(160));
});

describe("no line is told of what is not the job's own log:", () => {
  test("a link", () => {
    fs.symlinkSync(path.join(elsewhere, "process.log"), job.log);
    expect(lastLine()).toBeUndefined();
  });

  test("a FIFO, on which nobody waits", () => {
    makeFifo(job.log);
    expect(lastLine()).toBeUndefined();
  });

  test("a hard link to a file of another owner", () => {
    if (!rootOrSkip()) return;
    fs.linkSync(path.join(elsewhere, "process.log"), job.log);
    giveToOrdinaryUser(job.folder);
    expect(lastLine()).toBeUndefined();
  });

  test("one in a folder that is a link", () => {
    fs.rmdirSync(job.folder);
    fs.symlinkSync(elsewhere, job.folder);
    expect(lastLine()).toBeUndefined();
  });

  test("one in a folder that is swapped for a link again and again", async () => {
    job.append("ours\n");
    const seen = new Set<string | undefined>();
    await whileSwapped("folder", job.folder, elsewhere, async () => {
      for (let tried = 0; tried < tries(10_000) || seen.size < 2; tried += 1) seen.add(lastLine());
    });
    expect(seen).toEqual(new Set(["ours", undefined]));
  });
});
