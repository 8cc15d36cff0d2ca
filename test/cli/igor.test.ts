import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fill } from "../support/scratch.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

function job(keys: object, beside: object = {}): string {
  return JSON.stringify({ Job: { Script: "true", ...keys }, ...beside });
}

/** A folder of Igor's beside the queue. */
function igor(files: Readonly<Record<string, string>>, name = "igor"): string {
  const folder = path.join(scratch.base, name);
  fs.mkdirSync(folder, { recursive: true });
  fill(folder, files);
  return folder;
}

function queued(name: string, file = `${name}.json`): unknown {
  return JSON.parse(fs.readFileSync(path.join(scratch.layout.queue, name, file), "utf8"));
}

describe("qm import igor", () => {
  it("takes over what is to do, with its folder made absolute, and lists the rest with the reason", async () => {
    const folder = igor({
      "run-10.json": job({ mine: 1 }, { beside: 2 }),
      "run-2.json": job({ WorkingDirectory: "data", Status: "todo" }),
      "abs.json": job({ WorkingDirectory: "/" }),
      "done.json": job({ Status: "Finished" }),
      "half.json": '{"Job": ',
      "lost.json": job({ WorkingDirectory: "nowhere" }),
      "empty.json": '{"Job": {}}',
      "vm.json": '{"Machine": {}}',
      "data/deeper.json": job({}),
      "notes.txt": "x",
    });
    const { code, out } = await scratch.run(["import", "igor", "igor", "--json"]);
    expect(code).toBe(0);
    const { jobs, left, settings } = JSON.parse(out);
    expect(jobs.map(({ name }: { name: string }) => name)).toEqual(["abs", "run-2", "run-10"]);
    expect(left).toEqual([
      { file: "done.json", reason: 'its Status is "Finished", not ToDo; set that and it runs' },
      { file: "empty.json", reason: "empty.json, script: is missing; should give the command line to run" },
      { file: "half.json", reason: "line 1 is not JSON from column 8 on; should be JSON" },
      { file: "lost.json", reason: expect.stringContaining("lost.json, line 1, WorkingDirectory: is ") },
      { file: "vm.json", reason: "it is no job" },
    ]);
    expect(settings).toEqual([]);
    expect(queued("run-10")).toEqual({
      Job: { Script: "true", mine: 1, WorkingDirectory: folder },
      beside: 2,
    });
    expect(queued("run-2")).toMatchObject({ Job: { WorkingDirectory: path.join(folder, "data") } });
    expect(queued("abs")).toMatchObject({ Job: { WorkingDirectory: "/" } });
    expect(fs.readdirSync(scratch.layout.queue).sort()).toEqual(["abs", "run-10", "run-2"]);
    expect(fs.readdirSync(folder)).toContain("run-2.json");
  });

  it("removes with --move what it took over, and nothing else", async () => {
    const folder = igor({ "a.json": job({}), "b.json": job({ Status: "Error" }), "config.json": "{}" });
    expect(await scratch.run(["import", "igor", folder, "--move", "-q"])).toMatchObject({
      code: 0,
      out: "a\n",
    });
    expect(fs.readdirSync(folder).sort()).toEqual(["b.json", "config.json"]);
  });

  it("counts a relative folder from --base", async () => {
    igor({ "a.json": job({ WorkingDirectory: "x" }) });
    igor({ "x/y": "" }, "base");
    await scratch.run(["import", "igor", "igor", "--base", "base"]);
    expect(queued("a")).toMatchObject({ Job: { WorkingDirectory: path.join(scratch.base, "base", "x") } });
  });

  it("gives the lines of QMserv.cfg for its config.json, which may name the folder", async () => {
    const Worker = { JobDirectory: "jobs", RefreshTime: 7, MaximumJobNumber: 3, Mode: "Shutdown" };
    const folder = igor({
      "config.json": JSON.stringify({ Worker }),
      "jobs/a.json": job({ Worker: "srv1" }),
    });
    for (const given of [folder, path.join(folder, "jobs")]) {
      const { out } = await scratch.run(["import", "igor", given]);
      expect(out).toContain("\n[QMServer]\n");
      expect(out).toContain("\nPoll_Interval = 7\n");
      expect(out).toContain("`qm stop --drain`");
      expect(out).toContain("\n[Worker]\nOnly_Named = True\nMax_Jobs = 3\n");
    }
    expect(queued("a")).toMatchObject({ Job: { WorkingDirectory: folder }, worker: "srv1" });
    expect(queued("a-2", "a.json")).toMatchObject({ worker: "srv1" });
  });

  it("says what is wrong with a folder that is not there", async () => {
    expect(await scratch.run(["import", "igor", "none"])).toMatchObject({ code: 1 });
    expect(await scratch.run(["import", "other", "."])).toMatchObject({ code: 2 });
  });
});

describe("a file of Igor's in the queue, without a manager", () => {
  it("arrives where it is to do, and is left alone with the reason where it is not", async () => {
    fill(scratch.layout.queue, { "a.json": job({}), "b.json": job({ Status: "Error" }), "c.json": "{}" });
    const { arriving, strays } = JSON.parse((await scratch.run(["status", "--json"])).out);
    expect(arriving).toMatchObject([{ name: "a.json", state: "arriving" }]);
    expect(strays).toEqual([
      { name: "b.json", reason: 'left alone: its Status is "Error", not ToDo; set that and it runs' },
      { name: "c.json", reason: "it is a file: a job is a folder; put it into one and copy that" },
    ]);
  });
});

describe("qm clean", () => {
  it("deletes what is done, and leaves what failed or lies there by hand", async () => {
    scratch.putEnded("good");
    scratch.putEnded("bad", { state: "failed", exitCode: 3 });
    fs.mkdirSync(path.join(scratch.layout.finished, "byhand"));
    expect(await scratch.run(["clean", "--dry-run"])).toMatchObject({ code: 0, out: "good\n" });
    expect(fs.readdirSync(scratch.layout.finished).sort()).toEqual(["bad", "byhand", "good"]);
    const { code, out, err } = await scratch.run(["clean", "--json"]);
    expect({ code, out: JSON.parse(out) }).toEqual({
      code: 0,
      out: { version: 1, jobs: [{ name: "good" }] },
    });
    expect(err).toContain("deleted: good");
    expect(fs.readdirSync(scratch.layout.finished).sort()).toEqual(["bad", "byhand"]);
    expect(await scratch.run(["clean"])).toMatchObject({ code: 0, out: "" });
  });
});
