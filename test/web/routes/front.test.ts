import os from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PublishedStatus } from "../../../src/core/published-status.ts";
import { ServedPage } from "../page-fixture.ts";

type WaitingJob = PublishedStatus["waiting"][number];

let page: ServedPage;

beforeEach(async () => {
  page = await ServedPage.start({ isAlive: () => true });
});

afterEach(async () => await page.close());

/** Puts jobs into the queue, in the manager's view too. */
function putWaiting(count: number): void {
  const names = Array.from({ length: count }, (_, at) => `waits-${at + 1}`);
  for (const name of names) page.scratch.put("queue", name);
  page.publish({ host: os.hostname(), waiting: names.map((name, at) => waitingJob(name, { rank: at + 1 })) });
}

function waitingJob(name: string, fields: Partial<WaitingJob> = {}): WaitingJob {
  return {
    name,
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

/** What stands in a section of the page, without its markup. */
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
    for (let number = 1; number <= 27; number += 1) page.scratch.putEnded(`ok-${number}`);
    const told = await section("/?page=1000000", "ended");
    expect(told).toContain("page 2 of 2");
    expect(told).toContain(" ok-1 ");
    expect(await section("/?q=ok-27&page=7", "ended")).toMatch(/^ Finished 1 .* ok-27 /);
    expect(await section("/?q=nothing&page=7", "ended")).toContain("No finished job fits.");
  });
});
