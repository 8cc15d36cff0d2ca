import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { jobRecord } from "../../support/job-record.ts";
import { until } from "../../support/until.ts";
import { ServedPage } from "../page-fixture.ts";

/** A page of its own with a listener to its events, so that tests can wait side by side. */
class OpenPage {
  readonly page: ServedPage;
  readonly #request: http.ClientRequest;
  #heard = "";

  private constructor(page: ServedPage) {
    this.page = page;
    this.#request = http.get(`${page.url}/events`, { agent: false });
    this.#request.on("error", () => undefined);
    this.#request.on("response", (response) => {
      response.on("error", () => undefined);
      response.setEncoding("utf8").on("data", (text: string) => {
        this.#heard += text;
      });
    });
  }

  /** Lets a test use a page that is open and knows of a manager, and closes it. */
  static async use(act: (open: OpenPage) => Promise<void>): Promise<void> {
    const open = new OpenPage(await ServedPage.start({ licence: true }));
    try {
      await until("the first look", () => open.#heard.includes("event: change"));
      await open.changedBy(() => open.page.publish());
      await act(open);
    } finally {
      open.#request.destroy();
      await open.page.close();
    }
  }

  /** Does something and waits until the open page is told of a change since then. */
  async changedBy(change: () => unknown): Promise<void> {
    const from = this.#heard.length;
    await change();
    await until("a change", () => this.#heard.slice(from).includes("event: change"));
  }
}

describe.concurrent("an open page", () => {
  test.each<[string, (page: ServedPage) => unknown]>([
    ["a folder comes into the queue", (page) => page.put("queue", "new")],
    ["a job runs", (page) => page.put("running", "new") && publishRunning(page, "new")],
    ["a job has ended", (page) => page.putEnded("new")],
    ["a finished folder is put there by hand", (page) => page.put("finished", "new")],
    ["the queue is paused by hand", (page) => page.publish({ paused: true })],
    ["the manager tells of trouble", (page) => page.publish({ notices: ["the disk is full"] })],
  ])("is told when %s", async (_what, change) => {
    await OpenPage.use((open) => open.changedBy(() => change(open.page)));
  });

  test.each([
    ["progress in a log", [" 1 / 10\n", " 2 / 10\n"]],
    ["another last line in a log that tells no progress", ["reading a.dat\n", "reading b.dat\n"]],
  ])("is told of %s", async (_what, lines) => {
    await OpenPage.use(async (open) => {
      const folder = open.page.put("running", "talks");
      await open.changedBy(() => publishRunning(open.page, "talks"));
      for (const line of lines)
        await open.changedBy(() => fs.appendFileSync(path.join(folder, "process.log"), line));
    });
  });

  test("is told at once of what somebody does on a page", async () => {
    await OpenPage.use(async (open) => {
      const { page } = open;
      await open.changedBy(async () => {
        page.put("queue", "waits");
        await page.post("/jobs/waits/hold", { token: page.tokens.form }, page.ownOrigin);
      });
    });
  });
});

test("HEAD opens no stream", async () => {
  await OpenPage.use(async ({ page }) => {
    const { status, headers, text } = await page.send("HEAD", "/events", {});
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(/^text\/event-stream/);
    expect(text).toBe("");
  });
});

function publishRunning(page: ServedPage, name: string): void {
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
