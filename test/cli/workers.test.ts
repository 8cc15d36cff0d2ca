import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishStatus, SILENT, shownWorker } from "../support/published-status.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

const ALIVE = { services: { isAlive: () => true } };

const LAB1 = shownWorker("lab1", {
  processors: { max: 4, busy: 2 },
  pools: ["day", "night"],
  labels: ["gpu"],
  running: ["mesh"],
});
const LAB2 = shownWorker("Lab2", { ...SILENT, running: ["a", "b"] });

function publish(...workers: readonly (typeof LAB1)[]): void {
  publishStatus(scratch.layout, { host: os.hostname(), processors: { max: 8, busy: 2 }, workers });
}

function rootNames(): string[] {
  return fs.readdirSync(scratch.layout.root).filter((name) => name.startsWith("QM_PAUSE"));
}

describe("qm workers", () => {
  it("shows what each offers, what it runs, and why it gets nothing", async () => {
    publish(LAB1, LAB2);
    fs.mkdirSync(path.join(scratch.layout.running, "mesh"), { recursive: true });
    const { out, code } = await scratch.run(["workers"], ALIVE);
    expect(code).toBe(0);
    expect(out).toMatch(/WORKER +BUSY +POOLS +LABELS +LAST WORD +RUNS +WHY IT GETS NOTHING/);
    expect(out).toMatch(/lab1 +1 of 4 +day, night +gpu +- +mesh +-/);
    expect(out).toMatch(/Lab2 +0 of 4 .* ago +- +no word since 14:02; its 2 jobs may well be running/);
    expect((await scratch.run(["workers", "-q"], ALIVE)).out).toBe("lab1\nLab2\n");
  });

  it("gives programs the same as `qm status`", async () => {
    const value = (await scratch.json("workers")) as { readonly workers: object };
    expect(value).toMatchObject({
      version: 1,
      workers: [{ processors: { max: 2, busy: 0 }, running: [], state: "open", paused: false }],
    });
    expect(await scratch.json("status")).toMatchObject({ workers: value.workers });
  });

  it("shows without a manager this machine, and the others as the last one told of them", async () => {
    publish(shownWorker("gone"), LAB2);
    const value = await scratch.json("workers");
    expect(value).toMatchObject({
      workers: [{ state: "open" }, { name: "gone" }, { name: "Lab2", state: "open" }],
    });
  });
});

describe("qm workers pause and resume", () => {
  it("put a file for the manager and take it away, in any case of the name", async () => {
    publish(LAB1, LAB2);
    const paused = await scratch.run(["workers", "pause", "lab2", "--note", "new\ngraphics card"], ALIVE);
    expect(paused).toMatchObject({ code: 0, err: expect.stringMatching(/^Lab2 is paused: /) });
    expect(rootNames()).toEqual(["QM_PAUSE.LAB2"]);
    const text = fs.readFileSync(path.join(scratch.layout.root, "QM_PAUSE.LAB2"), "utf8");
    expect(text).toMatch(/^\S+@\S+\nnew graphics card\n$/);
    expect((await scratch.run(["workers", "resume", "LAB2"], ALIVE)).err).toBe("Lab2 was not paused\n");
    expect(rootNames()).toEqual([]);
  });

  it("stand while no manager runs, and for the next one", async () => {
    const [own] = ((await scratch.json("workers")) as { workers: { name: string }[] }).workers;
    await scratch.run(["workers", "pause", own?.name ?? "", "--note", "first"]);
    await scratch.run(["workers", "pause", own?.name ?? ""]);
    expect(await scratch.json("workers")).toMatchObject({
      workers: [{ state: "paused", closed: expect.stringMatching(/^paused by .*: first$/) }],
    });
    await scratch.run(["workers", "pause", own?.name ?? "", "--note", "second"]);
    expect(await scratch.json("workers")).toMatchObject({
      workers: [{ closed: expect.stringMatching(/: second$/) }],
    });
    expect((await scratch.run(["status"])).out).toMatch(/\nWorkers\n(?:.*\n)*.*paused by .*: second\n/);
  });

  it("tell of an unknown name which there are, and refuse a note that is too long", async () => {
    publish(LAB1, LAB2);
    const unknown = await scratch.run(["workers", "pause", "lab9"], ALIVE);
    expect(unknown).toMatchObject({
      code: 3,
      err: expect.stringContaining("no worker is called «lab9»: there are lab1, Lab2"),
    });
    const long = await scratch.run(["workers", "pause", "lab1", "--note", "x".repeat(201)], ALIVE);
    expect(long).toMatchObject({ code: 2, err: expect.stringContaining("the note has 201 characters") });
    expect(rootNames()).toEqual([]);
  });
});

describe("qm workers forget", () => {
  const folderOf = (name: string) => path.join(scratch.layout.state, "workers", name);

  it("removes what is known of a worker that is not heard of, with its pause", async () => {
    publish(LAB1, shownWorker("lab2", SILENT));
    fs.mkdirSync(folderOf("lab2"), { recursive: true });
    fs.writeFileSync(path.join(folderOf("lab2"), "report.json"), "{}");
    await scratch.run(["workers", "pause", "lab2"], ALIVE);
    expect(await scratch.run(["workers", "forget", "lab2"], ALIVE)).toMatchObject({
      code: 0,
      err: "forgotten: lab2\n",
    });
    expect([fs.existsSync(folderOf("lab2")), rootNames()]).toEqual([false, []]);
  });

  it("refuses the manager's own, one that is heard of, and one with jobs", async () => {
    const word = { lastWord: "2026-11-22T14:02:00.000Z" };
    publish(LAB1, shownWorker("lab2", word), shownWorker("lab3", SILENT), shownWorker("lab4", SILENT));
    fs.mkdirSync(path.join(folderOf("lab3"), "sweep.1"), { recursive: true });
    const refusals = [
      ["lab1", "lab1 is the manager's own machine"],
      ["lab2", "lab2 is heard of"],
      ["lab3", "lab3 has 1 job"],
    ];
    for (const [name = "", why = ""] of refusals)
      expect(await scratch.run(["workers", "forget", name], ALIVE)).toMatchObject({
        code: 4,
        err: expect.stringContaining(why),
      });
    expect(fs.existsSync(path.join(folderOf("lab3"), "sweep.1"))).toBe(true);
    expect((await scratch.run(["workers", "forget", "lab1"])).code).toBe(5);
  });
});

describe("qm status with several workers", () => {
  it("shows them, where each job runs, and lowers nb_proc to the largest", async () => {
    const job = {
      runId: "r",
      attempt: 1,
      owner: "ann",
      description: "",
      queuedAt: "2026-11-22T14:02:00.000Z",
    };
    const wide = {
      state: "waiting",
      rank: 1,
      held: false,
      reason: "first in line",
      priority: 0,
      bytes: 0,
    } as const;
    publishStatus(scratch.layout, {
      host: os.hostname(),
      processors: { max: 8, busy: 2 },
      workers: [LAB1, shownWorker("lab3", { closed: "no licence server", state: "closed" })],
      running: [{ ...job, name: "mesh", processors: 2, worker: "lab1", state: "running" }],
      waiting: [{ ...job, ...wide, name: "wide", processors: 20 }],
    });
    for (const folder of [path.join(scratch.layout.running, "mesh"), path.join(scratch.layout.queue, "wide")])
      fs.mkdirSync(folder, { recursive: true });
    const { out } = await scratch.run(["status"], ALIVE);
    expect(out).toMatch(/^2 of 8 processors busy: 1 job running, 1 waiting/);
    expect(out).toMatch(/lab3 .* no licence server/);
    expect(out).toMatch(/JOB +NO +WORKER .*\n +mesh +- +lab1 /);
    expect(out).toMatch(/wide +- +20, lowered to 4 /);
  });
});
