import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishStatus, shownWorker } from "../support/published-status.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  const workers = [shownWorker("lab1", { pools: ["day", "Night"] }), shownWorker("Lab2")];
  publishStatus(scratch.layout, { host: os.hostname(), workers });
  scratch.put("queue", "waits");
});
afterEach(async () => await scratch.close());

const ALIVE = { services: { isAlive: () => true } };

function requested(name = "waits"): string | undefined {
  const file = path.join(scratch.layout.queue, name, "QM_REASSIGN");
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n")[1] : undefined;
}

describe("qm reassign", () => {
  it.each([
    [["lab2"], "worker Lab2"],
    [["--pool", "night"], "pool Night"],
    [["--any"], "any worker"],
  ])("asks the manager to give the job another place: %j", async (place, words) => {
    const ran = await scratch.run(["reassign", "waits", ...place], ALIVE);
    expect(ran).toMatchObject({ code: 0, err: `reassigned to ${words}: waits\n` });
    expect(requested()).toBe(words);
  });

  it("lets the last word count", async () => {
    await scratch.run(["reassign", "waits", "lab1"], ALIVE);
    await scratch.run(["reassign", "waits", "lab2"], ALIVE);
    expect(requested()).toBe("worker Lab2");
  });

  it("refuses no place, two, and one that there is not", async () => {
    for (const [place, code, why] of [
      [[], 2, "reassigned to where?"],
      [["lab1", "--any"], 2, "only one place can be given"],
      [["lab9"], 3, "no worker is called «lab9»: there are lab1, Lab2"],
      [["--pool", "x"], 3, "there is no pool «x»: the workers' pools are day, Night"],
    ] as const) {
      const ran = await scratch.run(["reassign", "waits", ...place], ALIVE);
      expect(ran).toMatchObject({ code, err: expect.stringContaining(why) });
    }
    expect(requested()).toBeUndefined();
  });

  it("is for waiting jobs alone", async () => {
    scratch.put("running", "runs");
    scratch.putEnded("ended");
    for (const name of ["runs", "ended"])
      expect((await scratch.run(["reassign", name, "lab1"], ALIVE)).code).toBe(4);
  });

  it("is seen in `qm show` and `qm status`", async () => {
    const job = {
      name: "waits",
      owner: "ann",
      description: "",
      processors: 1,
      priority: 0,
      bytes: 0,
      rank: 1,
    };
    const reassigned = { worker: "Lab2", by: "ann@lab" };
    const queuedAt = "2026-11-22T14:02:00.000Z";
    publishStatus(scratch.layout, {
      host: os.hostname(),
      waiting: [{ ...job, state: "waiting", held: false, reason: "first in line", queuedAt, reassigned }],
    });
    const { out } = await scratch.run(["show", "waits"], ALIVE);
    expect(out).toMatch(/Reassigned: +to worker Lab2, by ann@lab\n/);
    expect(out).toMatch(/May run on: +Lab2\n/);
    expect((await scratch.run(["status"], ALIVE)).out).toContain(
      "first in line; reassigned to worker Lab2\n",
    );
  });
});
