import { beforeEach, describe, expect, it } from "vitest";
import type { SilentWorker } from "../../../src/mail/manager-letters.ts";
import { workerLetter } from "../../../src/mail/manager-letters.ts";
import { SilentWorkers } from "../../../src/manager/letters/silent-workers.ts";
import type { Hearing } from "../../../src/plan/worker.ts";
import { worker } from "../../plan/schedule-arbitraries.ts";
import { run, running } from "../../plan/snapshots.ts";
import { scratchFolder } from "../../support/scratch.ts";

let outbox: string;
let silent: SilentWorkers;

beforeEach(() => {
  outbox = scratchFolder();
  silent = new SilentWorkers(outbox);
});

/** The news of a look at the worker lab2, on which a job runs. */
function newsOf(hearing: Hearing): SilentWorker[] {
  const news: SilentWorker[] = [];
  const lab2 = { ...worker("lab2", 4), hearing, closed: "no word since 14:02" };
  silent.watch([lab2], [run("far", running(10), { worker: "lab2" })], (one) => news.push(one));
  return news;
}

describe("a worker that falls silent", () => {
  it("is told of once, with its jobs, and once more when it is back", () => {
    expect(newsOf("heard")).toEqual([]);
    expect(newsOf("silent")).toEqual([
      { name: "lab2", host: "lab2", why: "no word since 14:02", jobs: ["far"] },
    ]);
    expect(newsOf("silent")).toEqual([]);
    expect(newsOf("heard")).toMatchObject([{ name: "lab2", why: undefined }]);
    expect(newsOf("heard")).toEqual([]);
  });

  it("is not told of again by the next manager, which waits for its first word before it tells that it is back", () => {
    newsOf("silent");
    silent = new SilentWorkers(outbox);
    expect([newsOf("awaited"), newsOf("silent")]).toEqual([[], []]);
    expect(newsOf("heard")).toHaveLength(1);
  });

  it("is told of again where the letter could not be written", () => {
    const lab2 = { ...worker("lab2", 4), hearing: "silent" as const, closed: "no word" };
    const fail = () => {
      throw new Error("no room");
    };
    expect(() => silent.watch([lab2], [], fail)).toThrow("no room");
    expect(newsOf("silent")).toHaveLength(1);
  });

  it("is no news where it was stopped in order", () => {
    expect(newsOf("stopped")).toEqual([]);
  });

  it("has a letter that says what can be done", () => {
    const [news] = newsOf("silent");
    if (news === undefined) throw new Error("no news");
    const { heading, advice } = workerLetter(news, 0).body;
    expect(heading).toBe("worker lab2 is silent");
    expect(advice.join(" ")).toContain("qm lost --worker lab2");
  });
});
