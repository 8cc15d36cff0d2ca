import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { ServedPage } from "../page-fixture.ts";

const DESCRIPTION = "a telling description";
const LOG_LINE = "a telling line";

let page: ServedPage;

afterEach(async () => await page.close());

async function serve(details: boolean): Promise<void> {
  const web = { Display_details: details ? "True" : "False" };
  page = await ServedPage.start({ web, isAlive: () => true });
  const record = { description: DESCRIPTION, finishedAt: new Date().toISOString() };
  page.putEnded("ended", record);
  page.putEnded("broken", { ...record, state: "failed", reason: "exit code 3" });
  page.put("queue", "waits");
  const runs = page.put("running", "runs");
  fs.writeFileSync(path.join(runs, "process.log"), `${LOG_LINE}\n`);
  const common = {
    owner: "ada@lab.org",
    description: DESCRIPTION,
    processors: 1,
    queuedAt: new Date().toISOString(),
  };
  page.publish({
    host: os.hostname(),
    running: [{ ...common, name: "runs", runId: "r", attempt: 1, state: "running" }],
    waiting: [
      {
        ...common,
        name: "waits",
        state: "waiting",
        priority: 0,
        bytes: 1,
        rank: 1,
        held: false,
        reason: "next",
      },
    ],
  });
}

const LISTS = [
  "/",
  "/QM",
  "/?q=ended",
  "/api/v1/status",
  "/api/v1/jobs",
  "/api/v1/jobs?state=running",
  "/api/v1/jobs?state=waiting",
];

test("every list has descriptions", async () => {
  await serve(true);
  for (const address of LISTS) expect((await page.get(address)).text, address).toContain(DESCRIPTION);
  expect((await page.get("/")).text).toContain(LOG_LINE);
});

test("no list has details where Display_details is off, the page's nor the API's", async () => {
  await serve(false);
  for (const address of LISTS) {
    const { status, text } = await page.get(address);
    expect([address, status]).toEqual([address, 200]);
    expect(text, address).not.toContain(DESCRIPTION);
    expect(text, address).not.toContain(LOG_LINE);
  }
});

test("a job's own page and record are whole all the same", async () => {
  await serve(false);
  expect((await page.get("/jobs/ended")).text).toContain(DESCRIPTION);
  expect((await page.get("/jobs/runs")).text).toContain(LOG_LINE);
  expect((await page.get("/api/v1/jobs/ended")).text).toContain(DESCRIPTION);
});
