import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WaitingJob } from "../../../src/job/job.ts";
import { localTime } from "../../../src/text/local-time.ts";
import { ServedPage } from "../page-fixture.ts";

let page: ServedPage;

beforeEach(async () => {
  page = await ServedPage.start({ isAlive: () => true });
});

afterEach(async () => await page.close());

/** Puts jobs into the queue, in the manager's view too. */
function putWaiting(count: number): void {
  const names = Array.from({ length: count }, (_, at) => `waits-${at + 1}`);
  for (const name of names) page.put("queue", name);
  page.publish({ host: os.hostname(), waiting: names.map((name, at) => waitingJob(name, { rank: at + 1 })) });
}

function waitingJob(name: string, fields: Partial<WaitingJob> = {}): WaitingJob {
  return {
    name,
    state: "waiting",
    owner: "ada@lab.org",
    description: "",
    processors: 1,
    priority: 0,
    bytes: 0,
    queuedAt: new Date().toISOString(),
    rank: 1,
    held: false,
    reason: "no processors free",
    ...fields,
  };
}

/** Text of a section of the page, without its markup. */
async function section(address: string, id: string): Promise<string> {
  const { text } = await page.get(address);
  const [, html = ""] = new RegExp(`<section id="${id}"[^>]*>(.*?)</section>`, "s").exec(text) ?? [];
  return html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

describe("a page beyond the last is the last:", () => {
  test("of the waiting jobs, where all fit on one", async () => {
    putWaiting(2);
    expect(await section("/?waiting=999", "waiting")).toMatch(/^ Waiting 2 .* waits-1 .* waits-2 /);
  });

  test("of the waiting jobs, with the way back to those before", async () => {
    putWaiting(31);
    const told = await section("/?waiting=99", "waiting");
    expect(told).toContain(" waits-31 ");
    expect(told).not.toContain(" waits-25 ");
    expect(told).toContain("Earlier in the queue page 2 of 2");
    expect((await page.get("/?waiting=99")).text).toContain('href="/#waiting"');
  });

  test("of the ended jobs, filtered too", async () => {
    for (let number = 1; number <= 27; number += 1) page.putEnded(`ok-${number}`);
    const told = await section("/?page=1000000", "ended");
    expect(told).toContain("page 2 of 2");
    expect(told).toContain(" ok-1 ");
    expect(await section("/?q=ok-27&page=7", "ended")).toMatch(/^ Finished 1 .* ok-27 /);
    expect(await section("/?q=nothing&page=7", "ended")).toContain("No finished job fits.");
  });
});

test("a file in the queue stands under a heading of its own, not among arriving jobs that there are none of", async () => {
  page.publish({ strays: [{ name: "notes.txt", reason: "it is a file: a job is a folder" }] });
  expect(await section("/", "strays")).toBe(" Not jobs 1 notes.txt it is a file: a job is a folder ");
  expect((await page.get("/")).text).not.toContain("Arriving");
});

test("no name of a job makes two things on the page have one id", async () => {
  for (const name of ["title", "s-title"]) page.put("queue", name);
  page.publish();
  const { text } = await page.get("/");
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(ids).toContain("arriving-title");
  expect(ids).toEqual([...new Set(ids)]);
});

describe("the front page", () => {
  const MINUTE_MS = 60_000;
  const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS).toISOString();

  function fill(): void {
    const runs = page.put("running", "runs");
    fs.writeFileSync(path.join(runs, "process.log"), "begun\n 1 / 4\nfitting <peaks>\n");
    const startedAt = ago(20);
    page.put("queue", "waits-1");
    page.publish({
      host: os.hostname(),
      processors: { max: 8, busy: 2 },
      disk: { freeBytes: 12.34e9, neededBytes: 1 },
      notices: ["the configuration has a fault"],
      waiting: [
        waitingJob("waits-1", { queuedAt: ago(30), expectedStartSeconds: 1200, reason: "needs 8 of 8" }),
      ],
      running: [
        {
          name: "runs",
          runId: "r",
          attempt: 1,
          owner: "ada@lab.org",
          description: "",
          processors: 2,
          state: "running",
          queuedAt: ago(30),
          startedAt,
          timeLimitSeconds: 7200,
        },
      ],
    });
  }

  test("tells the priority of a waiting job where it has one", async () => {
    for (const name of ["plain", "urgent"]) page.put("queue", name);
    page.publish({ waiting: [waitingJob("urgent", { priority: 5 }), waitingJob("plain", { priority: 0 })] });
    const told = await section("/", "waiting");
    expect(told).toMatch(/urgent [^ ]+ · priority 5 /);
    expect(told).not.toMatch(/plain [^ ]+ · priority/);
  });

  test("begins with the state of the queue: processors, waiting, next start, free disk, manager", async () => {
    fill();
    const { text } = await page.get("/");
    const [, headline = ""] = /<h1[^>]*>(.*?)<\/h1>/s.exec(text) ?? [];
    for (const told of [
      "2 of 8 processors busy",
      "1 job running",
      "1 waiting",
      "the next to start in about 20 min",
      "12.3 GB of disk free",
    ])
      expect(headline).toContain(told);
    expect(text).toContain("configuration has a fault");
    expect(text).toMatch(/<title>1 running, 1 waiting · QueueManager<\/title>/);
  });

  test("says that no manager runs, and since when", async () => {
    await page.close();
    page = await ServedPage.start({ isAlive: () => false });
    page.publish({ host: os.hostname() });
    const seen = new Date("2026-01-05T10:00:00Z");
    fs.utimesSync(page.layout.status, seen, seen);
    const { text } = await page.get("/");
    expect(text).toMatch(/no manager/i);
    expect(text).toContain(`datetime="${seen.toISOString()}"`);
  });

  test("shows how far a running job is, for how long, when it may end, and the last line of its log", async () => {
    fill();
    const told = await section("/", "running");
    expect(told).toContain("runs ada@lab.org 1 / 4 about 1 h left 20 min of 2 h 2 fitting &lt;peaks&gt;");
  });

  test("shows what was not done in the last seven days, the newest five, and leads to all", async () => {
    for (let number = 1; number <= 6; number += 1)
      page.putEnded(`failed-${number}`, {
        state: "failed",
        reason: `exit code ${number}`,
        finishedAt: ago(number * 60),
      });
    page.putEnded("failed-long-ago", { state: "failed", finishedAt: ago(8 * 24 * 60) });
    const told = await section("/", "failures");
    expect(told).toMatch(
      /^ Not done in the last 7 days 6 .*failed-1 exit code 1 · 1 h ago .*failed-5 .* All of them $/,
    );
    expect(told).not.toMatch(/failed-6|long-ago/);
    const [, all = ""] = /<a href="([^"]*)">All of them/.exec((await page.get("/")).text) ?? [];
    page.putEnded("stopped", { state: "killed" });
    const everything = await section(all.replace(/#.*/, ""), "ended");
    expect(everything).toContain("failed-6");
    expect(everything).toContain("failed-long-ago");
    expect(everything).not.toContain("stopped");
  });

  test("leaves what was killed on purpose out of what was not done", async () => {
    for (let number = 1; number <= 6; number += 1)
      page.putEnded(`stopped-${number}`, { state: "killed", finishedAt: ago(number) });
    page.putEnded("late", { state: "timed_out", finishedAt: ago(60) });
    const told = await section("/", "failures");
    expect(told).toMatch(/^ Not done in the last 7 days 1 TIMED OUT late /);
    expect(told).not.toContain("stopped");
  });

  test("shows of an ended job its outcome, when it ended, how long it ran and its size", async () => {
    page.putEnded("ok-1", { finishedAt: ago(5), ranSeconds: 3725, size: "12 x 34" });
    expect(await section("/", "ended")).toMatch(/ done ok-1 ada@lab\.org 5 min ago 1 h 2 min 12 x 34 /);
  });

  test("tells of each moment the time itself, with the server's zone, behind how long ago it was", async () => {
    page.putEnded("ok-1", { finishedAt: "2026-01-05T11:00:10.000Z" });
    const { text } = await page.get("/");
    const local = localTime("2026-01-05T11:00:10.000Z");
    expect(text).toMatch(/<time datetime="2026-01-05T11:00:10.000Z" title="[^"]+">/);
    expect(text).toContain(`title="${local}"`);
    expect(text).toMatch(/\(UTC\)|UTC[+-]\d\d:\d\d/);
  });

  test("tells where folders are copied to while nothing waits, with a button that copies the path", async () => {
    const { text } = await page.get("/");
    expect(text).toContain(`${page.layout.queue}</code>`);
    expect(text).toMatch(/data-copy="queue-path">Copy the path</);
  });

  test("offers to show all ended jobs where some are left out, and says so where there are none", async () => {
    const texts = ["No finished job fits.", "No job has finished yet.", ">Show all<"];
    const shownAt = async (address: string) => {
      const { text } = await page.get(address);
      return texts.filter((one) => text.includes(one));
    };
    expect(await shownAt("/")).toEqual(["No job has finished yet."]);
    expect(await shownAt("/?q=fit&outcome=done")).toEqual(["No finished job fits.", ">Show all<"]);
  });

  test("answers under the original's address too", async () => {
    fill();
    const main = (text: string) => /<section.*<\/section>/s.exec(text)?.[0];
    const [here, there] = [await page.get("/"), await page.get("/QM")];
    expect(there.status).toBe(200);
    expect(main(there.text)).toBe(main(here.text));
  });
});
