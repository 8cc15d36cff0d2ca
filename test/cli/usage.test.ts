import os from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishedStatus } from "../support/published-status.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

describe("the command line", () => {
  it("suggests the nearest verb for one that it does not know", async () => {
    const { code, err, out } = await scratch.run(["submti"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("Did you mean submit?");
  });

  it("suggests the nearest option", async () => {
    const { code, err } = await scratch.run(["status", "--jsno"]);
    expect(code).toBe(2);
    expect(err).toContain("--json");
  });

  it("shows the status when no verb is given, with or without options", async () => {
    expect((await scratch.run([])).out).toContain("0 of 2 processors busy");
    expect((await scratch.run(["--config", "QMserv.cfg"])).out).toContain("0 of 2 processors busy");
    expect(JSON.parse((await scratch.run(["--json"])).out)).toMatchObject({ version: 2 });
  });

  it("tells the package's version", async () => {
    expect(await scratch.run(["--version"])).toMatchObject({ code: 0, out: "0.1.0\n" });
  });

  it("lists every verb in its help, and the exit codes", async () => {
    const { code, out } = await scratch.run(["--help"]);
    expect(code).toBe(0);
    const verbs =
      "init start daemon stop submit check status show log wait kill hold release top pause resume redo delete history stats doctor demo config completion service";
    for (const verb of verbs.split(" ")) expect(out).toMatch(new RegExp(`^  ${verb}\\b`, "m"));
    expect(out).toContain("124 waited too long");
    expect((await scratch.run(["help", "submit"])).out).toContain("--nb-proc");
  });

  it("says of a verb that it does not know that there is no help for it", async () => {
    const { code, out, err } = await scratch.run(["help", "submti"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^qm: unknown command 'submti'\n {2}\(Did you mean submit\?\)\n {2}to mend: /);
    expect((await scratch.run(["--config", "x", "help", "nosuch"])).code).toBe(2);
    expect(await scratch.run(["help"])).toMatchObject({ code: 0, err: "" });
    expect((await scratch.run(["help", "help"])).code).toBe(0);
  });

  it("refuses a missing argument, a missing value and two stop modes as misuse", async () => {
    expect((await scratch.run(["kill"])).code).toBe(2);
    expect((await scratch.run(["submit", "x", "--name"])).code).toBe(2);
    expect((await scratch.run(["stop", "--drain", "--kill"])).code).toBe(2);
    expect((await scratch.run(["completion", "tcsh"])).code).toBe(2);
  });

  const SHOWS = (verb: string) => `\`qm help ${verb}\` shows how it is used`;
  const LISTS = "`qm help` lists the verbs";
  it.each<[string, string]>([
    ["nosuch", LISTS],
    ["submti", LISTS],
    ["nosuch status", LISTS],
    ["--bogus", SHOWS("status")],
    ["--config", SHOWS("status")],
    ["status --bogus", SHOWS("status")],
    ["--config QMserv.cfg status --bogus", SHOWS("status")],
    ["kill", SHOWS("kill")],
    ["show a b", SHOWS("show")],
    ["submit x --name", SHOWS("submit")],
    ["submit", SHOWS("submit")],
    ["submit --nb-proc two -- true", SHOWS("submit")],
    ["submit --name a/b -- true", "give another one with --name"],
    ["stop --drain --kill", SHOWS("stop")],
    ["wait --timeout x a", SHOWS("wait")],
    ["log a --lines x", SHOWS("log")],
    ["log a --json --follow", SHOWS("log")],
    ["history --since x", SHOWS("history")],
    ["history --outcome x", SHOWS("history")],
    ["completion tcsh", SHOWS("completion")],
    ["mail nosuch", SHOWS("mail")],
    ["mail drop", SHOWS("mail")],
  ])("tells how to mend a misuse: %s", async (line, mend) => {
    scratch.put("queue", "a");
    const { code, out, err } = await scratch.run(line.split(" "));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^qm: .+\n[\s\S]* {2}to mend: {2}.+\n$/);
    expect(err).toContain(mend);
  });

  it("tells where an option stands that was given before its verb", async () => {
    const { code, err } = await scratch.run(["--json", "history"]);
    expect([code, err]).toEqual([2, expect.stringContaining("options of a verb stand behind it\n")]);
    expect((await scratch.run(["--bogus", "history"])).err).not.toContain("behind");
  });

  it("tells how to name a job that begins with a dash", async () => {
    scratch.putEnded("-x");
    const { code, err } = await scratch.run(["show", "-x"]);
    expect([code, err]).toEqual([2, expect.stringContaining("a name that begins with - stands behind --\n")]);
    expect((await scratch.run(["show", "-q", "--", "-x"])).code).toBe(0);
    expect((await scratch.run(["submit", "-x"])).err).not.toContain("behind");
  });

  it.each<[string, string, number]>([
    ["hold running", "`qm kill` ends it", 4],
    ["top running", "`qm kill` ends it", 4],
    ["release ended", "`qm redo` runs it again", 4],
    ["kill ended", "`qm redo` runs it again", 4],
    ["redo waiting", "`qm wait` waits for its end", 4],
    ["redo running", "`qm wait` waits for its end", 4],
    ["delete waiting", "`qm kill`", 4],
    ["hold lost", "`qm show` tells why", 4],
    ["log waiting", "`qm log -f` waits for it", 1],
    ["show nosuch", "`qm status` and `qm history` list the jobs", 3],
    ["mail drop nosuch", "`qm mail` shows the ids", 1],
  ])("tells how to mend what a job is not fit for: %s", async (line, mend, exitCode) => {
    scratch.put("queue", "waiting");
    scratch.put("running", "running");
    scratch.put("lost", "lost");
    scratch.putEnded("ended");
    const { code, err } = await scratch.run(line.split(" "));
    expect(code).toBe(exitCode);
    expect(err).toMatch(/^qm: .+\n[\s\S]* {2}to mend: {2}.+\n$/m);
    expect(err).toContain(mend);
  });

  it("tells everything that is wrong with the configuration, with its lines", async () => {
    scratch.write("bad.cfg", "[QMServer]\nMaxNbProcessors = none\nSettle_Time = soon\n");
    const { code, err } = await scratch.run(["config", "--config", "bad.cfg"]);
    expect(code).toBe(1);
    expect(err).toMatch(/bad\.cfg, line 2, MaxNbProcessors/);
    expect(err).toMatch(/bad\.cfg, line 3, Settle_Time/);
    expect(err).not.toContain("    at ");
  });

  it("takes the configuration file before and behind the verb", async () => {
    scratch.write("other/QMserv.cfg", "[QMServer]\nMaxNbProcessors = 7\n");
    for (const argv of [
      ["--config", "other/QMserv.cfg", "config", "--json"],
      ["config", "--json", "--config=other/QMserv.cfg"],
    ])
      expect(JSON.parse((await scratch.run(argv)).out)).toMatchObject({
        file: `${scratch.base}/other/QMserv.cfg`,
      });
  });

  it("says where it looked when there is no queue, and makes none", async () => {
    scratch.write("empty/x", "");
    const { code, err } = await scratch.run(["status"], { cwd: `${scratch.base}/empty` });
    expect(code).toBe(1);
    expect(err).toContain(`${scratch.base}/empty/QM`);
    expect(err).toContain("qm init");
  });

  it("tells an unexpected error without a stack, and with one when asked", async () => {
    const services = {
      isAlive: () => {
        throw new TypeError("broken on purpose");
      },
    };
    scratch.write("QM/.qm/status.json", STATUS);
    const plain = await scratch.run(["status"], { services });
    expect(plain.code).toBe(1);
    expect(plain.err).toContain("unexpected: broken on purpose");
    expect(plain.err).not.toContain("    at ");
    const refusing = {
      isAlive: () => {
        throw Object.assign(new Error("EACCES: permission denied, open '/x'"), {
          code: "EACCES",
          path: "/x",
        });
      },
    };
    const refused = await scratch.run(["status"], { services: refusing });
    expect(refused.err).toMatch(
      /^qm: the system refuses it: EACCES: permission denied\n {2}where: +\/x\n {2}to mend:/,
    );
    expect((await scratch.run(["status"], { services, env: { QM_DEBUG: "1" } })).err).toContain("    at ");
  });
});

const STATUS = JSON.stringify(publishedStatus("/q", { host: os.hostname() }));
