import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ManagerOrder } from "../../src/cli/services.ts";
import { toolOrSkip } from "../support/tools.ts";
import { BUILT, Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

describe("qm init", () => {
  it("writes a commented configuration and the folders, and never overwrites", async () => {
    const { code, out } = await scratch.run(["init", "fresh/queue"]);
    const folder = path.join(scratch.base, "fresh/queue");
    expect([code, out]).toEqual([0, `${folder}/QM\n`]);
    const file = path.join(folder, "QMserv.cfg");
    expect(fs.readFileSync(file, "utf8")).toMatch(/^QM_FOLDER = \.\/QM$/m);
    expect(fs.readdirSync(path.join(folder, "QM")).sort()).toEqual([
      ".qm",
      "QM_Jobs",
      "QM_dJobs",
      "QM_lost+found",
      "QM_qJobs",
    ]);
    fs.writeFileSync(file, "[QMServer]\nQM_FOLDER = ./elsewhere\n");
    const again = await scratch.run(["init", "fresh/queue"]);
    expect(again).toMatchObject({ code: 0, out: `${folder}/elsewhere\n` });
    expect(again.err).toContain("stays as it is");
    expect(fs.readFileSync(file, "utf8")).toContain("elsewhere");
  });

  it("tells a command to go on with that a shell understands, and that means this queue", async () => {
    const { err } = await scratch.run(["init", "our lab"]);
    expect(err).toContain(`\`${BUILT} start --config '${scratch.base}/our lab/QMserv.cfg'\``);
    expect((await scratch.run(["init"])).err).toContain(`\`${BUILT} start\``);
    const elsewhere = await scratch.run(["init"], { env: { QM_CONFIG: "/srv/QMserv.cfg" } });
    expect(elsewhere.err).toContain(`\`${BUILT} start --config ${scratch.base}/QMserv.cfg\``);
  });

  it("goes by the file that --config names, or writes it", async () => {
    scratch.write("lab.cfg", "[QMServer]\nQM_FOLDER = ./ours\n");
    const named = await scratch.run(["init", "--config", "lab.cfg"]);
    expect(named).toMatchObject({ code: 0, out: `${scratch.base}/ours\n` });
    expect(named.err).toContain(`start --config ${scratch.base}/lab.cfg`);
    const written = await scratch.run(["init", "--config", "new/own.cfg"]);
    expect(written).toMatchObject({ code: 0, out: `${scratch.base}/new/QM\n` });
    const both = await scratch.run(["init", "--config", "lab.cfg", "other"]);
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining("cannot go together") });
  });

  it("says what is in its way", async () => {
    scratch.write("file", "");
    expect(await scratch.run(["init", "file/below"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("file/below"),
    });
    scratch.write("bad/QMserv.cfg", "[QMServer]\nDebug = perhaps\n");
    expect(await scratch.run(["init", "bad"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("Debug"),
    });
  });
});

describe("qm init where nothing can be made", () => {
  it("says so instead of trying for ever", async () => {
    const { code, err } = await scratch.program(["init", "/proc/foo"], "timeout -k 1 15 QM");
    expect(code).toBe(1);
    expect(err).toMatch(
      /the configuration cannot be written \(ENOENT: .*takes no new folders\)[\s\S]*\/proc\/foo/,
    );
    expect(err).toContain("choose a folder");
    scratch.write("QMserv.cfg", "[QMServer]\nQM_FOLDER = /proc/foo/QM\n");
    const manager = await scratch.program(["daemon"], "timeout -k 1 15 QM");
    expect(manager.code).toBe(1);
    expect(manager.err).toMatch(/the queue's folders cannot be created \(ENOENT: .*takes no new folders\)/);
  });
});

describe("qm start and qm daemon", () => {
  it("run the manager with the configuration, and can read it anew", async () => {
    const orders: ManagerOrder[] = [];
    const runManager = async (order: ManagerOrder) => {
      orders.push(order);
      order.onOpen?.();
    };
    const services = { runManager };
    const { err } = await scratch.run(["start"], { services });
    expect(err).toContain(`looks after ${scratch.layout.root}`);
    expect(err).toContain(`copy a job folder into ${scratch.layout.queue}`);
    expect(err).toMatch(/Ctrl-C or `\S*qm.js stop`/);
    await scratch.run(["daemon"], { services });
    expect(await scratch.run(["daemon", "-q"], { services })).toMatchObject({ code: 0, out: "", err: "" });
    expect(orders.map(({ foreground }) => foreground)).toEqual([true, true, false]);
    expect(orders.map(({ load }) => load().kind)).toEqual(["ok", "ok", "ok"]);
    fs.rmSync(path.join(scratch.base, "QMserv.cfg"));
    expect(orders[0]?.load()).toMatchObject({ problems: [{ right: expect.stringContaining("put back") }] });
    if (process.getuid?.() === 0) expect(err).toContain("started as root");
  });
});

describe("where a file has the place of one of the queue's folders", () => {
  it.each(["QM/.qm", "QM/QM_Jobs", "QM"])("qm doctor and the other verbs name it: %s", async (place) => {
    fs.rmSync(path.join(scratch.base, place), { recursive: true });
    const file = scratch.write(place, "");
    const doctor = await scratch.run(["doctor"]);
    expect(doctor).toMatchObject({ code: 1, err: "" });
    expect(doctor.out).toMatch(
      new RegExp(`^fail folders: .* is not a folder: ${file}\n {5}to mend: move it away`, "m"),
    );
    expect(doctor.out).toContain("manager: none runs");
    for (const argv of [["status"], ["history"], ["submit", "--", "true"], ["init"]])
      expect(await scratch.run(argv)).toMatchObject({
        code: 1,
        err: expect.stringContaining(`where:    ${file}`),
      });
  });
});

describe("qm check", () => {
  it("tells what would be run, and warns", async () => {
    scratch.makeJob("job", { script: "./run it", nb_proc: 5, time_limit: 90, e_mail: "ada@lab.org" });
    const { code, out, err } = await scratch.run(["check", "job"]);
    expect(code).toBe(0);
    for (const text of ["ok: ", "./run it", "1 h 30 min", "ada@lab.org on end"]) expect(out).toContain(text);
    expect(err).toContain("lowered to 2");
    expect(await scratch.json("check", "job")).toMatchObject({
      version: 1,
      ok: true,
      info: { processors: 5 },
      problems: [],
      warnings: [expect.any(String)],
    });
  });

  it("warns of comments behind values, and says so where a number has one", async () => {
    scratch.makeJob("job", { script: "echo hi", info: "mine ; for now", size: "3 # GB" });
    const { code, out, err } = await scratch.run(["check", "job"]);
    expect([code, out]).toEqual([0, expect.stringContaining("mine ; for now")]);
    expect(err).toMatch(
      /^warning: .*line 3, info: ends in "; for now"[^\n]*\nwarning: .*line 4, size: ends in "# GB"/,
    );
    scratch.makeJob("job", { script: "echo hi", nb_proc: "2 ; two", info: "mine # yes", prioity: 3 });
    expect((await scratch.run(["check", "job"])).out).toMatch(
      /line 3, nb_proc: is "2 ; two".*a comment should have a line of its own[\s\S]*line 4, info[\s\S]*line 5/,
    );
  });

  it("lists all that is wrong", async () => {
    scratch.makeJob("job", { script: "x", nb_proc: "none", priority: "a" });
    const { code, out } = await scratch.run(["check", "job"]);
    expect(code).toBe(1);
    expect(out).toMatch(/line 3, nb_proc[\s\S]*line 4, priority/);
    expect(await scratch.json("check", "job")).toMatchObject({
      ok: false,
      problems: [
        { key: "nb_proc", line: 3 },
        { key: "priority", line: 4 },
      ],
    });
  });

  it("warns of what keeps a folder from being submitted, as the manager takes it", async () => {
    spawnSync("mkfifo", [path.join(scratch.makeJob("job", { script: "true" }), "fifo")]);
    const { code, out, err } = await scratch.run(["check", "job"]);
    expect([code, out]).toEqual([0, expect.stringContaining("ok: the manager would take it")]);
    expect(err).toMatch(
      /^warning: `qm submit` refuses it, as "fifo" is a FIFO; .*take it out of the folder\n$/,
    );
    expect((await scratch.run(["submit", "job"])).code).toBe(1);
  });

  it.each([
    ["job.sh without a #! line", "source env.sh\n", "job.sh, line 1: source is bash"],
    ["job.sh for sh", "#!/bin/sh\nif [[ $x ]]; then ls; fi\n", "job.sh, line 2: [[ is bash"],
    ["job.sh for bash", "#!/usr/bin/env bash\nsource env.sh\n", ""],
  ])("warns of words of bash that sh does not have: %s", async (_, text, warning) => {
    scratch.write("job/job.sh", text);
    const { code, err } = await scratch.run(["check", "job"]);
    expect([code, err]).toEqual([0, warning === "" ? "" : expect.stringContaining(`warning: ${warning}`)]);
  });

  it("warns of words of bash in the command line, and in a script that it hands to sh", async () => {
    scratch.write("job/proc_config.cfg", "[QMOptions]\nscript = sh run.sh && source x\n");
    scratch.write("job/run.sh", "#!/bin/bash\nfiles=(a b)\n");
    const { err } = await scratch.run(["check", "job"]);
    expect(err).toContain("warning: proc_config.cfg, line 2, script: source is bash");
    expect(err).toContain("warning: run.sh, line 2: an array is bash");
  });

  it("warns of a shell script with the line ends of Windows", async () => {
    scratch.write("job/job.sh", "#!/bin/sh\r\n#QM nb_proc=1\r\ntrue\r\n");
    const { code, err } = await scratch.run(["check", "job"]);
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^warning: job\.sh: has the line ends of Windows/),
    ]);
    scratch.write("job/job.sh", "#!/usr/bin/env python3\r\nprint()\r\n");
    expect((await scratch.run(["check", "job"])).err).toBe("");
    scratch.write("job/job.sh", "#!/bin/sh\ntrue\n");
    expect((await scratch.run(["check", "job"])).err).toBe("");
  });

  it("warns of a name that keeps a copied folder from starting, unless QM_READY says that it is whole", async () => {
    scratch.makeJob("job", { script: "true" });
    scratch.write("job/sub/big\x1b.iso.part", "");
    const { code, err } = await scratch.run(["check", "job"]);
    expect(code).toBe(0);
    expect(err).toMatch(
      /^warning: copied by hand it does not start while "sub\/big\\x1b\.iso\.part" has the name/,
    );
    expect(await scratch.json("check", "job")).toMatchObject({ ok: true, warnings: [expect.any(String)] });
    scratch.write("job/QM_READY", "");
    expect((await scratch.run(["check", "job"])).err).toBe("");
  });

  it("warns of a name of Unfinished_Names likewise", async () => {
    scratch.makeJob("job", { script: "true" });
    scratch.write("job/data.uploading", "");
    expect((await scratch.run(["check", "job"])).err).toBe("");
    scratch.write("QMserv.cfg", "[QMServer]\nQM_FOLDER = ./QM\nUnfinished_Names = *.UPLOADING\n");
    expect((await scratch.run(["check", "job"])).err).toContain("data.uploading");
  });

  it("refuses a missing folder, and a file", async () => {
    const file = scratch.write("file", "");
    expect(await scratch.run(["check", "nowhere"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("no such folder"),
    });
    expect(await scratch.run(["check", file])).toMatchObject({
      code: 1,
      err: expect.stringContaining("it is no folder"),
    });
  });
});

describe("qm config", () => {
  it("shows values, where they come from, and what was ignored", async () => {
    scratch.write(
      "QMserv.cfg",
      "[QMServer]\nMaxNbProcessors = 3\nMaxNbProcesors = 4\n[Mail]\nSmtp = smtp://u:secret@h\n",
    );
    const { out, err } = await scratch.run(["config", "--docs"]);
    expect(out).toMatch(/MaxNbProcessors +3 +line 2 +Processors/);
    expect(out).toMatch(/Settle_Time +2 +default/);
    expect(out).not.toContain("secret");
    expect(err).toMatch(/warning: .*MaxNbProcesors/);
    expect(await scratch.json("config")).toMatchObject({
      version: 1,
      settings: expect.arrayContaining([expect.objectContaining({ key: "MaxNbProcessors", value: "3" })]),
    });
    expect((await scratch.run(["config", "-q"])).out).toMatch(/^QM_FOLDER\n/);
  });
});

describe("qm doctor", () => {
  it("finds a sound queue sound", async () => {
    const { code, out } = await scratch.run(["doctor"]);
    expect(out).toMatch(/ok +folders: a folder moves through all four/);
    expect(out).toMatch(/warn manager: none runs\n +to mend: `qm start`/);
    expect(code).toBe(0);
    expect((await scratch.run(["doctor", "-q"])).out).toMatch(/manager\n$/);
  });

  it("fails for what no manager could live with", async () => {
    scratch.write("QMserv.cfg", "[QMServer]\nMin_Free_Disk = 9000 TB\nMaxNbProcessors = 4096\nOdd = 1\n");
    fs.rmSync(scratch.layout.lost, { recursive: true });
    fs.symlinkSync("/proc", scratch.layout.lost);
    const services = {
      findProgram: () => undefined,
      pinningSupport: () => ({ kind: "unavailable" as const, why: "no taskset" }),
      isNodeFirst: () => true,
    };
    const { code, out } = await scratch.run(["doctor"], { services });
    expect(code).toBe(1);
    for (const line of [
      "fail folders:",
      "fail disk:",
      "fail flock: is missing",
      "warn taskset",
      "warn processors",
      "warn init: process 1 is Node.js",
      "warn configuration",
    ])
      expect(out).toContain(line);
    fs.unlinkSync(scratch.layout.lost);
    expect((await scratch.run(["doctor"])).out).toContain("not there yet: QM_lost+found");
  });

  it("tells a broken configuration and old leftovers", async () => {
    const part = path.join(scratch.layout.queue, "old.part");
    fs.mkdirSync(part);
    fs.utimesSync(part, 1, 1);
    expect((await scratch.run(["doctor"])).out).toContain("1 unfinished copy older than a day: old.part");
    scratch.write("QMserv.cfg", "[QMServer]\nDebug = perhaps\n");
    expect(await scratch.json("doctor")).toMatchObject({
      version: 1,
      ok: false,
      findings: [{ level: "fail", subject: "configuration" }],
    });
  });
});

describe("qm service", () => {
  it("prints a unit with the paths of this installation", async () => {
    const { out } = await scratch.run(["service", "systemd"]);
    for (const line of [
      `ExecStart=${process.execPath} ${BUILT} --config ${scratch.base}/QMserv.cfg start`,
      "KillMode=process",
      "Restart=on-failure",
      "TasksMax=infinity",
      `User=${process.getuid?.() === 0 ? "CHANGE_ME" : os.userInfo().username}`,
      `WorkingDirectory=${scratch.base}`,
    ])
      expect(out).toContain(`\n${line}\n`);
    expect((await scratch.run(["service"])).out).toBe(out);
  });

  it("quotes what systemd would read otherwise", async () => {
    scratch.write("a b%c$d<&>/QMserv.cfg", "[QMServer]\n");
    const cwd = path.join(scratch.base, "a b%c$d<&>");
    expect((await scratch.run(["service", "systemd"], { cwd })).out).toContain(
      `"${scratch.base}/a b%%c$$d<&>/QMserv.cfg"`,
    );
  });
});

describe("qm completion", () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    it(`prints a script for ${shell}`, async () => {
      const { out, code } = await scratch.run(["completion", shell]);
      expect(code).toBe(0);
      expect(out).toContain("--nb-proc".slice(shell === "fish" ? 2 : 0));
    });

    it.runIf(toolOrSkip(shell))(`prints a script that ${shell} can read`, async () => {
      const { out } = await scratch.run(["completion", shell]);
      const file = scratch.write("script", out);
      const { status, stderr } = spawnSync(shell, ["-n", file], { encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
    });
  }

  it("completes verbs, options and the names of jobs in bash", async () => {
    scratch.put("queue", "my job");
    const file = scratch.write("script", (await scratch.run(["completion", "bash"])).out);
    const complete = (...words: string[]) => {
      const line = `qm() { '${process.execPath}' '${BUILT}' "$@"; }; source '${file}'; COMP_WORDS=(qm ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; _qm; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return spawnSync("bash", ["-c", line], { encoding: "utf8", cwd: scratch.base }).stdout.split("\n");
    };
    expect(complete("sta")).toEqual(
      ["start", "status", "stats", ""].sort((a, b) => Number(a === "") - Number(b === "")),
    );
    expect(complete("stop", "--d")).toEqual(["--drain", ""]);
    expect(complete("kill", "m")).toEqual(["my\\ job", ""]);
  });
});
