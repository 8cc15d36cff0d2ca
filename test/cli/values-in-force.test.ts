import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasManager, managerState } from "../../src/app/manager-state.ts";
import { type Layout, layoutOf } from "../../src/queue/layout.ts";
import { publishStatus } from "../support/published-status.ts";
import { until } from "../support/until.ts";
import { BUILT, Scratch } from "./cli-fixture.ts";

const OTHER = /^! the manager runs with other values: it goes by (.*), and not by (.*); /m;

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

describe("beside a manager, the command line", () => {
  it("says where it goes by another file with other values, and nothing where they are the same", async () => {
    await scratch.startManager();
    const own = fs.readFileSync(path.join(scratch.base, "QMserv.cfg"), "utf8");
    const same = own.replace(
      "[QMServer]\n",
      "[QMServer]\n# the same queue\nQM_FOLDER = ../QM\nOn_Lost = keep\n",
    );
    const other = scratch.write("other/QMserv.cfg", same);
    const job = scratch.makeJob("job", { script: "true" });
    const cwd = path.join(scratch.base, "other");
    for (const argv of [["status"], ["config"]])
      expect((await scratch.run(argv, { cwd })).err).not.toMatch(OTHER);
    fs.writeFileSync(other, same.replace("keep", "requeue"));
    for (const argv of [["config"], ["check", job], ["submit", "--name", "one", job]]) {
      const found = OTHER.exec((await scratch.run(argv, { cwd })).err);
      expect([argv, found?.slice(1)]).toEqual([argv, [path.join(scratch.base, "QMserv.cfg"), other]]);
    }
    expect((await scratch.run(["status"], { cwd })).out).toMatch(OTHER);
    expect((await scratch.run(["doctor"], { cwd })).out).toMatch(
      /^warn configuration: the manager runs with other/m,
    );
    expect((await scratch.run(["status"])).out).not.toMatch(OTHER);
    expect(await scratch.json("status", "--config", other)).toMatchObject({
      notices: expect.arrayContaining([expect.stringContaining("runs with other values")]),
    });
  });

  it("judges by the processors that the manager has, and says which these are", async () => {
    scratch.write("QMserv.cfg", "[QMServer]\n");
    publishStatus(scratch.layout, { processors: { max: 61, busy: 0 } });
    const job = scratch.makeJob("wide", { script: "true", nb_proc: 62 });
    expect((await scratch.run(["check", job])).err).toContain("nb_proc 62 would be lowered to 61");
    expect((await scratch.run(["config"])).err).toContain(
      "! MaxNbProcessors is 61 in the manager, which may use",
    );
  });

  it("goes by the same file as one that was started without any, once there is one", async () => {
    const file = path.join(scratch.base, "QMserv.cfg");
    const text = fs.readFileSync(file, "utf8");
    fs.rmSync(file);
    await scratch.startManager();
    fs.writeFileSync(file, text.replace("MaxNbProcessors = 2", "MaxNbProcessors = 77"));
    const published = () => {
      const state = managerState(scratch.layout, scratch.services);
      return state.kind === "alive" ? state.status : undefined;
    };
    await until("the new value", () => published()?.processors.max === 77);
    expect((await scratch.run(["status"])).out).not.toMatch(OTHER);
    fs.writeFileSync(file, "[QMServer]\nQM_FOLDER = ./elsewhere\n");
    await until("a word of the folder", () => published()?.notices.join().includes("counts after a restart"));
    const looksAfter = `the manager that goes by ${file} looks after ${scratch.layout.root}`;
    const nothing = await scratch.run(["submit", "--", "true"]);
    expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining(looksAfter) });
    await scratch.run(["init"]);
    expect((await scratch.run(["status"])).out).toContain(looksAfter);
    fs.writeFileSync(file, text.replace("MaxNbProcessors = 2", "MaxNbProcessors = 78"));
    await until("the next value", () => published()?.processors.max === 78);
    fs.rmSync(file);
    await until("a word of the missing file", () => published()?.notices.join().includes("does not exist"));
    expect(published()?.notices.join()).toMatch(/should be put back: the manager or page goes by it/);
    expect(OTHER.exec((await scratch.run(["status"])).out)?.slice(1)).toEqual([file, "the defaults"]);
  });
});

describe("a variable that only the manager has", () => {
  const CONFIG = "[QMServer]\nPoll_Interval = 0.3\n[JobEnvironment]\nDATA = $LAB_OF_TEST/data\n";

  it("is told as taken while a manager goes by it, and warned of while none does", async () => {
    scratch.write("QMserv.cfg", CONFIG);
    const looks = async () => [await scratch.run(["doctor"]), await scratch.run(["config"])] as const;
    const [doctor, config] = await looks();
    expect(doctor.out).toMatch(
      /^warn configuration: .*DATA: refers to \$LAB_OF_TEST, .*\n.*start the manager/m,
    );
    expect(config).toMatchObject({ code: 0, err: expect.stringMatching(/^warning: .*\$LAB_OF_TEST/m) });
    expect(await scratch.run(["start"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("$LAB_OF_TEST"),
    });
    await scratch.startManager({ LAB_OF_TEST: "/lab" });
    const [beside, shown] = await looks();
    expect(beside.out).toMatch(
      /^ok {3}configuration: .*\$LAB_OF_TEST.*; taken from the manager's environment$/m,
    );
    expect(shown).toMatchObject({
      code: 0,
      err: expect.stringContaining("taken from the manager's environment"),
    });
    expect(beside.out + shown.err).not.toMatch(/(warn|fail|warning:?) .*LAB_OF_TEST/);
    expect(await scratch.json("config")).toMatchObject({ warnings: [] });
  });
});

describe("beside a manager whose file names another QM_FOLDER since its start", () => {
  const FILE = "[QMServer]\nPoll_Interval = 0.3\nMin_Free_Disk = 1 MB\n";

  it.each([
    { before: undefined, after: "QM_FOLDER = ./elsewhere\n", was: "QM", is: "elsewhere" },
    { before: "QM_FOLDER = ./first\n", after: "", was: "first", is: "QM" },
  ])("every verb tells, and stop stops it: $was, $is", async ({ before, after, was, is }) => {
    const { file, layout } = await startIn(was, before);
    fs.writeFileSync(file, FILE + after);
    const told = `the manager that goes by ${file} looks after ${layout.root}`;
    await until("that it has read the file", async () => (await scratch.run(["config"])).err.includes(told));
    expect((await scratch.run(["doctor"])).out).toMatch(/manager: none runs in this folder\n.*looks after/);
    await scratch.run(["init"]);
    fs.mkdirSync(path.join(scratch.base, is, "QM_qJobs/x"));
    for (const argv of [["wait", "x"], ["mail", "send"], ["submit", "--", "true"], ["daemon"], ["start"]])
      expect([argv, (await scratch.run(argv)).err]).toEqual([argv, expect.stringContaining(told)]);
    expect(hasManager(layout, scratch.services)).toBe(true);
    expect(await scratch.run(["stop"])).toMatchObject({ code: 0, err: expect.stringContaining(told) });
    expect(hasManager(layout, scratch.services)).toBe(false);
    expect(await scratch.run(["stop"])).toMatchObject({ code: 5, err: expect.stringContaining("qm start") });
  });

  it("stop stops one that cannot take up the file, as that is faulty", async () => {
    const { file, layout } = await startIn("QM");
    fs.writeFileSync(file, `${FILE}QM_FOLDER = ./elsewhere\nWorker = two words\n`);
    expect(await scratch.run(["stop"])).toMatchObject({ code: 0 });
    expect(hasManager(layout, scratch.services)).toBe(false);
  });

  /** Starts a manager, without a file where that is to have no text, and gives the file's place. */
  async function startIn(folder: string, text?: string): Promise<{ file: string; layout: Layout }> {
    const file = scratch.write("QMserv.cfg", FILE + (text ?? ""));
    if (text === undefined) fs.rmSync(file);
    await scratch.startManager();
    return { file, layout: layoutOf(path.join(scratch.base, folder)) };
  }
});

describe("inside a job", () => {
  it("qm finds the queue that runs it, with its manager's configuration", async () => {
    await scratch.startManager();
    const qm = `'${process.execPath}' '${BUILT}'`;
    scratch.write(
      "job/job.sh",
      `#!/bin/sh\n${qm} status -q\n${qm} config\n${qm} submit --name inner -- echo hi\n`,
    );
    scratch.write("job/QMserv.cfg", "[QMServer]\nQM_FOLDER = /nowhere\n");
    expect(await scratch.run(["submit", "--wait", "job"])).toMatchObject({ code: 0 });
    const { out } = await scratch.run(["log", "job"]);
    expect(out).toMatch(/^job$/m);
    expect(out).toMatch(new RegExp(`^ +QM_FOLDER +${scratch.layout.root} +\\$QM_FOLDER$`, "m"));
    expect(out).toMatch(/^ +Kill_Grace +1 +line \d+$/m);
    await scratch.ended("inner");
  });
});

describe("QM_FOLDER in the environment", () => {
  const nowhere = () => ({ cwd: path.dirname(scratch.write("nowhere/x", "")) });

  it("names the queue where nothing else does, without a manager too", async () => {
    scratch.put("queue", "waits");
    const env = { QM_FOLDER: scratch.layout.root };
    expect(await scratch.run(["-q"], { ...nowhere(), env })).toMatchObject({ code: 0, out: "waits\n" });
    expect(await scratch.run(["-q"], nowhere())).toMatchObject({ code: 1 });
    expect(await scratch.run(["-q"], { ...nowhere(), env: { QM_FOLDER: "/no/queue" } })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/there is no queue here\n {2}where: +\/no\/queue/),
    });
  });

  it("comes after --config, QM_CONFIG and a QMserv.cfg outside the queue, and before one inside", async () => {
    const env = { QM_FOLDER: "/no/queue" };
    const config = path.join(scratch.base, "QMserv.cfg");
    for (const around of [{ env }, { ...nowhere(), env: { ...env, QM_CONFIG: config } }])
      expect(await scratch.run(["-q"], around)).toMatchObject({ code: 0 });
    expect(await scratch.run(["-q", "--config", config], { ...nowhere(), env })).toMatchObject({ code: 0 });
    const cwd = scratch.put("running", "job");
    fs.writeFileSync(path.join(cwd, "QMserv.cfg"), "[QMServer]\nQM_FOLDER = /nowhere\n");
    const inside = { cwd, env: { QM_FOLDER: scratch.layout.root } };
    expect(await scratch.run(["-q"], inside)).toMatchObject({ code: 0, out: "job\n" });
  });
});
