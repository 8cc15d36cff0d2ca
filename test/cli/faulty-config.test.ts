import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { managerState } from "../../src/app/manager-state.ts";
import { until } from "../support/until.ts";
import { Scratch } from "./cli-fixture.ts";

const FAULTY = "[QMServer]\nQM_FOLDER = ./elsewhere/QM\nMaxNbProcessors = none\nSettle_Time = soon\n";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

describe("with a faulty configuration", () => {
  it("one still sees and changes the queue, and is told what is wrong", async () => {
    fs.cpSync(scratch.layout.root, path.join(scratch.base, "elsewhere/QM"), { recursive: true });
    scratch.write("QMserv.cfg", FAULTY);
    const { code, out, err } = await scratch.run(["status"]);
    expect(code).toBe(0);
    expect(out).toContain("processors busy");
    expect(err).toMatch(/^! .*QMserv\.cfg, line 3, MaxNbProcessors: .*\n! .*line 4, Settle_Time: /);
    expect(err).toContain(`/elsewhere/QM`);
    expect(err).not.toContain("    at ");
    for (const argv of [["history"], ["stats"], ["pause"], ["resume"], ["submit", "--", "true"]])
      expect(await scratch.run(argv)).toMatchObject({ code: 0, err: expect.stringContaining("! ") });
    expect(fs.existsSync(path.join(scratch.base, "elsewhere/QM/QM_qJobs/true"))).toBe(true);
  });

  it("a running manager is still seen, and stopped where the folder can be read", async () => {
    await scratch.startManager();
    scratch.write("QMserv.cfg", "nonsense\n");
    expect(await scratch.json("status")).toMatchObject({ manager: { alive: true } });
    expect(await scratch.run(["pause"])).toMatchObject({
      code: 0,
      err: expect.stringContaining(`the queue is ${scratch.layout.root}`),
    });
    scratch.write("QMserv.cfg", "[QMServer]\nQM_FOLDER = ./QM\nnonsense\n");
    expect(await scratch.run(["stop"])).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^! .*nonsense/),
    });
    expect(await scratch.json("status")).toMatchObject({ manager: { alive: false } });
  });

  it("nothing is changed where it hides which queue is meant: the one at hand may be another", async () => {
    const ended = scratch.putEnded("precious");
    const waiting = scratch.put("queue", "next");
    const before = fs.readdirSync(scratch.layout.root, { recursive: true });
    const acts = [
      ["delete", "-y", "precious"],
      ["redo", "precious"],
      ["hold", "next"],
      ["release", "next"],
      ["top", "next"],
      ["kill", "-y", "next"],
      ["pause"],
      ["resume"],
      ["submit", "--", "true"],
      ["stop"],
      ["mail", "send"],
      ["mail", "drop", "--undelivered"],
    ];
    scratch.write("QMserv.cfg", "[QMServer\nQM_FOLDER = /srv/Q\n");
    for (const argv of [...acts, ["pause", "--config", "gone.cfg"]]) {
      const { code, out, err } = await scratch.run(argv);
      expect([argv, code, out]).toEqual([argv, 2, ""]);
      expect(err).toMatch(
        /does not tell which queue is meant; nothing was done\n {2}.*(line 1|gone)[\s\S]*to mend: /,
      );
    }
    expect(fs.readdirSync(scratch.layout.root, { recursive: true })).toEqual(before);
    expect([ended, waiting].every((folder) => fs.existsSync(folder))).toBe(true);
    for (const argv of [["status"], ["show", "precious"], ["history"], ["log", "precious"]])
      expect(await scratch.run(argv)).toMatchObject({ code: 0, err: expect.stringMatching(/^! /) });
  });

  it("a running manager whose file is out of sight for a while keeps its values, says so, and reads it when it is back", async () => {
    await scratch.startManager();
    const file = path.join(scratch.base, "QMserv.cfg");
    const text = fs.readFileSync(file, "utf8");
    fs.rmSync(file);
    const status = () => managerState(scratch.layout, scratch.services);
    const published = () => {
      const state = status();
      return state.kind === "alive" ? state.status : undefined;
    };
    await until("the notice", () => published()?.notices.some((notice) => notice.includes("does not exist")));
    expect(published()?.processors.max).toBe(2);
    fs.writeFileSync(file, text.replace("MaxNbProcessors = 2", "MaxNbProcessors = 1"));
    await until("the new value", () => published()?.processors.max === 1);
    expect(published()?.notices.filter((notice) => notice.includes("does not exist"))).toEqual([]);
  });

  it("nothing is begun: what starts, makes or judges a queue refuses", async () => {
    scratch.write("QMserv.cfg", FAULTY);
    for (const argv of [
      ["start"],
      ["daemon"],
      ["check", "."],
      ["config"],
      ["doctor"],
      ["demo"],
      ["service"],
      ["web"],
    ]) {
      const { code, out, err } = await scratch.run(argv);
      expect([argv, code]).toEqual([argv, 1]);
      expect(out + err).toContain("line 3, MaxNbProcessors");
    }
    expect(fs.existsSync(path.join(scratch.base, "elsewhere"))).toBe(false);
  });

  it("a queue that is not where the good values say is told of, not made", async () => {
    scratch.write("QMserv.cfg", FAULTY);
    const { code, err } = await scratch.run(["status"]);
    expect(code).toBe(1);
    expect(err).toMatch(/! .*MaxNbProcessors[\s\S]*there is no queue here/);
  });
});
