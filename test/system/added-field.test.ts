import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { until } from "../support/until.ts";

// A field more in the table, by which it is seen that nothing but its row has to be written for it.
vi.mock("../../src/job/info-fields.ts", async (importOriginal) => {
  const { INFO_FIELDS, ...rest } = await importOriginal<typeof import("../../src/job/info-fields.ts")>();
  const colour = {
    key: "colour",
    schema: z.string().exactOptional(),
    inRecord: z.string().exactOptional(),
    read: (text: string) =>
      /^[a-z]+$/.test(text) ? { kind: "ok", value: text } : { kind: "wrong", right: "should be a word" },
    label: "Colour",
    text: (value: string) => `${value} as paint`,
  };
  return { ...rest, INFO_FIELDS: { ...INFO_FIELDS, colour } };
});

const { makeQueue } = await import("../manager/queue-fixture.ts");
const { ServedPage } = await import("../web/page-fixture.ts");

describe("a field that has but its row in the table of fields", () => {
  let page: Awaited<ReturnType<typeof ServedPage.start>>;

  beforeEach(async () => {
    page = await ServedPage.start();
  });
  afterEach(async () => await page.close());

  /** A job that has ended, and one that is held; with all that a manager has made of them. */
  async function runTwo(): Promise<void> {
    const queue = makeQueue();
    queue.deliver("done", { script: "true", colour: "red" });
    queue.deliver("held", { script: "true", colour: "blue" }, { QM_HOLD: "" });
    await queue.run();
    await until("the end", () => fs.existsSync(queue.folder("finished", "done")));
    await queue.shows("a job that waits", ({ waiting }) => waiting.length === 1);
    await queue.stop();
    for (const part of ["queue", "finished", "history"] as const)
      fs.cpSync(queue.layout[part], page.layout[part], { recursive: true });
  }

  it("is in the record, in `qm show`, in the API's answer and on the page", async () => {
    await runTwo();
    const kept = fs.readFileSync(path.join(page.layout.finished, "done/.qm/job.json"), "utf8");
    expect(JSON.parse(kept)).toMatchObject({ state: "done", colour: "red" });
    const done = { info: { colour: "red" }, record: { colour: "red" } };
    expect(await page.json("show", "done")).toMatchObject(done);
    expect(JSON.parse((await page.get("/api/v1/jobs/done")).text)).toMatchObject(done);
    expect(await page.json("show", "held")).toMatchObject({ info: { colour: "blue" } });
    for (const [name, text] of [
      ["done", "red as paint"],
      ["held", "blue as paint"],
    ] as const) {
      const { out } = await page.run(["show", name]);
      expect(out).toMatch(new RegExp(`Colour: +${text}`));
      const shown = await page.get(`/QM_dJobs/${name}/`);
      expect(shown.text).toMatch(new RegExp(`Colour[^]{0,80}${text}`));
    }
  });

  it("is described to programs, and its faults are told", async () => {
    const description = JSON.parse((await page.get("/api/v1/openapi.json")).text);
    expect(description.components.schemas.Record.properties.colour).toEqual({ type: "string" });
    const folder = page.makeJob("odd", { script: "true", colour: 7 });
    const { code, out } = await page.run(["check", folder]);
    expect([code, out]).toEqual([1, expect.stringContaining('line 3, colour: is "7"; should be a word')]);
  });
});
