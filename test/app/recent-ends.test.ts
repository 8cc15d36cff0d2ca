import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { recentEnds } from "../../src/app/recent-ends.ts";
import type { JobRecord } from "../../src/job/record.ts";
import { JOB_FILES, type Layout } from "../../src/queue/layout.ts";
import { jobRecord } from "../support/job-record.ts";
import { makeQueueFolder, type QueueFolder } from "../support/queue-folder.ts";

let queue: QueueFolder;
let layout: Layout;

beforeEach(() => {
  queue = makeQueueFolder();
  layout = queue.layout;
});

/** A job that has ended, with its folder and its line in the history. */
function end(name: string, state: JobRecord["state"]): void {
  queue.putRecord(jobRecord(name, { state }));
}

function folderOf(name: string): string {
  return path.join(layout.finished, name);
}

function told(): string[] {
  return recentEnds(layout).shown.map(({ name, state }) => `${name} ${state}`);
}

describe("the recent ends", () => {
  it("are the last five of each kind, newest first, whose folders are there", () => {
    for (let number = 1; number <= 8; number += 1) {
      end(`good-${number}`, "done");
      end(`bad-${number}`, "failed");
    }
    fs.rmSync(folderOf("good-8"), { recursive: true });
    const numbers = (kind: string) =>
      told().flatMap((job) => (job.startsWith(kind) ? [Number(/\d/.exec(job)?.[0])] : []));
    expect(numbers("good")).toEqual([7, 6, 5, 4, 3]);
    expect(numbers("bad")).toEqual([8, 7, 6, 5, 4]);
    expect(recentEnds(layout)).toMatchObject({ moreDone: 2, moreFailed: 3 });
  });

  it("have each failure however many were killed on purpose", () => {
    end("bad", "failed");
    end("late", "timed_out");
    for (let number = 1; number <= 9; number += 1) end(`stopped-${number}`, "killed");
    expect(told().filter((job) => !job.endsWith("killed"))).toEqual(["late timed_out", "bad failed"]);
    expect(told().filter((job) => job.endsWith("killed"))).toHaveLength(5);
  });

  it("tell of a folder that took another's place what its own record says", () => {
    end("a", "done");
    end("b", "failed");
    fs.rmSync(folderOf("a"), { recursive: true });
    fs.renameSync(folderOf("b"), folderOf("a"));
    expect(told()).toEqual(["a failed"]);
  });

  it("tell of a renamed folder by its new name, and of no folder that was put there", () => {
    end("a", "done");
    end("b", "done");
    fs.mkdirSync(folderOf("by hand"));
    fs.renameSync(folderOf("a"), folderOf("renamed"));
    expect(told()).toEqual(["b done", "renamed done"]);
  });

  it("do not tell of a folder whose record says that it runs, unless the history has that end", () => {
    end("a", "done");
    const file = path.join(folderOf("a"), JOB_FILES.record);
    const running = fs.readFileSync(file, "utf8").replace('"done"', '"running"');
    fs.writeFileSync(file, running);
    expect(told()).toEqual(["a done"]);
    fs.writeFileSync(file, running.replace("run-a", "another run"));
    expect(told()).toEqual([]);
  });
});
