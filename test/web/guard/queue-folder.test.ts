import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServedPage } from "../page-fixture.ts";

let served: ServedPage;
beforeEach(async () => {
  served = await ServedPage.start({ licence: true });
  served.write("QM/QM_dJobs/done1/script", "true");
});
afterEach(async () => await served.close());

const away = () => `${served.layout.root}.away`;
const takeAway = () => fs.renameSync(served.layout.root, away());
const putBack = () => fs.renameSync(away(), served.layout.root);

describe("while the queue's folders are away", () => {
  for (const address of ["/", "/jobs/done1", "/stats", "/view/QM_dJobs/done1", "/download/done1"])
    it(`${address} says so, with where they should be, and is back with them`, async () => {
      takeAway();
      const { status, text } = await served.get(address);
      expect(status).toBe(503);
      expect(text).toContain(`the queue&#39;s folders in ${served.layout.root} are not there`);
      expect(text).toContain("is mounted");
      putBack();
      expect((await served.get(address)).status).toBe(200);
    });

  it("only what follows the queue anyway waits for them by itself", async () => {
    const form = { token: served.tokens.form };
    takeAway();
    const waits = async (address: string) => / data-live>/.test((await served.get(address)).text);
    for (const address of ["/", "/QM", "/jobs/done1", "/QM_dJobs/done1/"])
      expect(await waits(address)).toBe(true);
    for (const address of ["/download/done1", "/raw/QM_dJobs/done1/script", "/jobs/done1/hold", "/stats.csv"])
      expect(await waits(address)).toBe(false);
    expect((await served.post("/", form, served.ownOrigin)).text).not.toContain("data-live>");
  });

  it("the API says so, and of no job that there is none", async () => {
    takeAway();
    for (const address of ["/api/v1/status", "/api/v1/jobs", "/api/v1/jobs/done1"]) {
      const { status, text } = await served.get(address);
      expect([status, JSON.parse(text)]).toMatchObject([503, { error: { code: "no_queue" } }]);
    }
  });

  it("nothing is acted upon, nor made in their place", async () => {
    const form = { token: served.tokens.form };
    takeAway();
    expect((await served.post("/pause", form, served.ownOrigin)).status).toBe(503);
    expect(fs.existsSync(served.layout.root)).toBe(false);
  });

  it("style, health and the stream of events still answer, so that open pages come back", async () => {
    takeAway();
    expect((await served.get("/static/qm.css")).status).toBe(200);
    expect(JSON.parse((await served.get("/healthz")).text)).toEqual({ ok: false, manager: "unknown" });
    const aborted = new AbortController();
    const { status } = await fetch(`${served.url}/events`, { signal: aborted.signal });
    aborted.abort();
    expect(status).toBe(200);
  });

  it("an empty folder in their place, as a mount leaves it, is told as well", async () => {
    takeAway();
    fs.mkdirSync(served.layout.root);
    expect((await served.get("/")).status).toBe(503);
    fs.rmdirSync(served.layout.root);
  });
});
