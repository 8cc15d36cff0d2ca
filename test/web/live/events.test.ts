import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { jobRecord } from "../../support/job-record.ts";
import { until } from "../../support/until.ts";
import { ServedPage } from "../page-fixture.ts";

let page: ServedPage;
let heard: string;
let request: http.ClientRequest;

beforeEach(async () => {
  page = await ServedPage.start({ licence: true });
  heard = "";
  request = http.get(`${page.url}/events`, { agent: false });
  request.on("error", () => undefined);
  request.on("response", (response) => {
    response.on("error", () => undefined);
    response.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
    });
  });
  await until("the first look", () => heard.includes("event: change"));
  page.publish();
  await changed();
});

afterEach(async () => {
  request.destroy();
  await page.close();
});

/** Waits until an open page is told of a change from now on. */
async function changed(): Promise<void> {
  const from = heard.length;
  await until("a change", () => heard.slice(from).includes("event: change"));
}

test.each([
  ["a folder comes into the queue", () => page.scratch.put("queue", "new")],
  ["a job runs", () => page.scratch.put("running", "new") && publishRunning("new")],
  ["a job has ended", () => page.scratch.putEnded("new")],
  ["a finished folder is put there by hand", () => page.scratch.put("finished", "new")],
  ["the queue is paused by hand", () => page.publish({ paused: true })],
  ["the manager tells of trouble", () => page.publish({ notices: ["the disk is full"] })],
])("an open page is told when %s", async (_what, change) => {
  change();
  await changed();
});

test("an open page is told of progress in a log", async () => {
  const folder = page.scratch.put("running", "works");
  fs.mkdirSync(path.join(folder, ".qm"));
  publishRunning("works");
  await changed();
  for (const step of [1, 2]) {
    fs.appendFileSync(path.join(folder, "process.log"), ` ${step} / 10\n`);
    await changed();
  }
});

test("an open page is told of another last line in a log that tells no progress", async () => {
  page.scratch.put("running", "talks");
  publishRunning("talks");
  await changed();
  for (const file of ["a.dat", "b.dat"]) {
    fs.appendFileSync(path.join(page.layout.running, "talks", "process.log"), `reading ${file}\n`);
    await changed();
  }
});

test("whoever acts sees it told at once", async () => {
  const from = heard.length;
  page.scratch.put("queue", "waits");
  await page.post("/jobs/waits/hold", { token: page.tokens.form }, page.ownOrigin);
  await until("a change", () => heard.slice(from).includes("event: change"));
});

test("HEAD opens no stream", async () => {
  const { status, headers, text } = await page.send("HEAD", "/events", {});
  expect(status).toBe(200);
  expect(headers["content-type"]).toMatch(/^text\/event-stream/);
  expect(text).toBe("");
});

function publishRunning(name: string): void {
  const startedAt = new Date().toISOString();
  const record = jobRecord(name, { runId: "r", state: "running", startedAt });
  fs.mkdirSync(path.join(page.layout.running, name, ".qm"), { recursive: true });
  fs.writeFileSync(path.join(page.layout.running, name, ".qm/job.json"), JSON.stringify(record));
  page.publish({
    running: [
      {
        name,
        runId: "r",
        attempt: 1,
        owner: "ada",
        description: "",
        processors: 1,
        state: "running",
        queuedAt: startedAt,
        startedAt,
      },
    ],
  });
}
