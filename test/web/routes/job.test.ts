import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServedPage } from "../page-fixture.ts";

let served: ServedPage;
beforeEach(async () => {
  served = await ServedPage.start();
});
afterEach(async () => await served.close());

describe("the page of a job whose folder was put among the ended ones while it ran", () => {
  /** Its record still says that it runs. */
  function putAway(stage: "finished" | "lost"): void {
    const folder = served.putEnded("job", {
      state: "running",
      reason: "running",
      runId: "run-7",
      finishedAt: undefined,
      ranSeconds: undefined,
    });
    fs.writeFileSync(served.layout.history, "");
    if (stage === "lost") fs.renameSync(folder, path.join(served.layout.lost, "job"));
  }

  async function pageText(): Promise<string> {
    const { status, text } = await served.get("/jobs/job");
    expect(status).toBe(200);
    return text;
  }

  it.each(["finished", "lost"] as const)("says that it was put away by hand: %s", async (stage) => {
    putAway(stage);
    expect(await pageText()).toMatch(
      /<h1[^>]*><span class="state lost"[^>]*>put away by hand<\/span> <bdi>job</,
    );
  });

  it("tells how it ended, where the history knows", async () => {
    putAway("finished");
    served.putEnded("other", {
      name: "job",
      runId: "run-7",
      state: "killed",
      reason: "its folder was taken away",
    });
    const text = await pageText();
    expect(text).toMatch(/<h1[^>]*><span class="state killed"[^>]*>KILLED<\/span> <bdi>job</);
    expect(text).toContain('<p class="why">its folder was taken away</p>');
    expect(text).not.toContain("by hand");
    expect(text).toMatch(/<dt>Finished<\/dt><dd><time/);
  });
});

it("leads from a job that runs on all workers to those on each, and tells of no worker", async () => {
  served.putEnded("update", { worker: "lab1", runOnAll: true });
  served.putEnded("update.lab2", { worker: "lab2", childOf: { name: "update", runId: "r", worker: "lab2" } });
  const { text } = await served.get("/jobs/update");
  expect(text).not.toContain("<dt>Worker</dt>");
  const [, link = ""] = /<a href="([^"]+)">Its jobs on the workers/.exec(text) ?? [];
  expect((await served.get(link)).text).toContain('href="/jobs/update.lab2"');
  expect((await served.get("/jobs/update.lab2")).text).not.toContain("Its jobs on the workers");
});

describe("what can be done again from the inputs alone", () => {
  const CLEAN = "Run again from its inputs alone";

  beforeEach(async () => {
    await served.close();
    served = await ServedPage.start({ licence: true });
  });

  it("is offered where it is known what they were, not for a job that never started", async () => {
    const folder = served.putEnded("job");
    fs.rmSync(path.join(folder, ".qm/inputs.json"), { force: true });
    const before = (await served.get("/jobs/job")).text;
    expect(before).toContain("<button>Run again</button>");
    expect(before).not.toContain(CLEAN);
    fs.writeFileSync(path.join(folder, ".qm/inputs.json"), '{"version":1,"entries":[]}');
    expect((await served.get("/jobs/job")).text).toContain(CLEAN);
  });
});
