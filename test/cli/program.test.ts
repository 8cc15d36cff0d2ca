import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toolOrSkip } from "../support/tools.ts";
import { BUILT, Scratch } from "./cli-fixture.ts";

/** Gives a command a terminal of its own (util-linux). */
const TERMINAL_PROGRAM = "script";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch({ MaxNbProcessors: 2, Poll_Interval: 0.3, Min_Free_Disk: "1 MB" });
});
afterEach(async () => await scratch.close());

describe("the built program", () => {
  it("ends quietly when its reader has had enough", async () => {
    const folder = scratch.putEnded("job");
    fs.writeFileSync(path.join(folder, "process.log"), "line\n".repeat(1_000_000));
    const { out, err, code } = await scratch.program(["log", "job"], "set -o pipefail; QM | head -1");
    expect({ out, err, code }).toEqual({ out: "line\n", err: "", code: 0 });
  });

  it("ends with 130 at Ctrl-C while it waits", async () => {
    await scratch.startManager();
    await scratch.run(["submit", "--hold", "--", "true"]);
    const { code, err } = await scratch.program(["wait", "true"], "timeout -s INT --preserve-status 6 QM");
    expect(code).toBe(130);
    expect(err).toContain("interrupted");
  });

  it("runs the manager until it is told to stop, and says hello", async () => {
    const untilStarted = 'for i in $(seq 300); do grep -q "manager started" said && break; sleep 0.1; done';
    const line = `(QM) 2>said & ${untilStarted}; kill -INT $!; wait $!; code=$?; cat said >&2; exit $code`;
    const { code, err } = await scratch.program(["start"], line);
    expect(code).toBe(0);
    expect(err).toMatch(/looks after .*[\s\S]*manager started[\s\S]*manager stopped/);
    expect(await scratch.json("status")).toMatchObject({ manager: { alive: false } });
  });

  it("keeps data and messages apart", async () => {
    const { out, err, code } = await scratch.program(["submit", "--", "true"]);
    expect({ out, code }).toEqual({ out: "true\n", code: 0 });
    expect(err).toContain("no manager runs");
    expect(await scratch.program(["show", "nobody"])).toMatchObject({ code: 3, out: "" });
  });

  it.runIf(toolOrSkip(TERMINAL_PROGRAM))(
    "ends with 130 at Ctrl-C while it asks, and has done nothing",
    async () => {
      const folder = scratch.putEnded("job");
      const { code, out } = await typeInto(["delete", "job"], /Go on\?/, "\x03");
      expect(out).toContain("interrupted");
      expect(code).toBe(130);
      expect(fs.existsSync(folder)).toBe(true);
      expect(await typeInto(["delete", "job"], /Go on\?/, "no\r")).toMatchObject({ code: 4 });
    },
  );

  it("does not ask where nobody can answer", async () => {
    scratch.putEnded("job");
    expect(await scratch.program(["delete", "job"])).toMatchObject({ code: 0 });
    expect(fs.existsSync(path.join(scratch.layout.finished, "job"))).toBe(false);
  });
});

/** Runs the built program on a terminal of its own and types an answer once a question is there. */
async function typeInto(argv: readonly string[], question: RegExp, keys: string) {
  const command = [process.execPath, BUILT, ...argv].join(" ");
  const child = spawn(TERMINAL_PROGRAM, ["-qec", command, "/dev/null"], {
    cwd: scratch.base,
    stdio: ["pipe", "pipe", "ignore"],
  });
  let out = "";
  let asked = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    if (!asked && question.test(out)) child.stdin.write(keys);
    asked ||= question.test(out);
  });
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
  return { code, out };
}

describe("with its output on a full disk", () => {
  it("says so and fails", async () => {
    expect(await scratch.program(["status"], "QM > /dev/full")).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(/^qm: .* cannot be written \(ENOSPC\)\n {2}to mend: /),
    });
  });
});

describe("in a folder that is gone", () => {
  it("says that there is no queue, and works with a configuration that is named", async () => {
    const there = "mkdir gone && cd gone && rmdir ../gone && QM";
    const { code, err } = await scratch.program(["status"], there);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^qm: there is no queue here\n {2}where: .*\/gone\/QM\n/),
    ]);
    const config = path.join(scratch.base, "QMserv.cfg");
    expect((await scratch.program(["status", "--config", config], there)).code).toBe(0);
    expect(await scratch.program(["submit", "--config", config, "--", "true"], there)).toMatchObject({
      out: "true\n",
    });
  });
});

describe("qm submit", () => {
  it("takes its beginnings away when a signal comes twice at once, as from timeout and npx", async () => {
    scratch.makeJob("job", { script: "true" });
    const large = fs.openSync(path.join(scratch.base, "job/large"), "w");
    fs.ftruncateSync(large, 8 * 1024 ** 3);
    fs.closeSync(large);
    const begun = "test -e QM/QM_qJobs/.qm-submit-*/large";
    const { code, out, err } = await scratch.program(
      ["submit", "job"],
      `QM & it=$!; until ${begun}; do sleep 0.02; done; kill -TERM $it; kill -INT $it; wait $it`,
    );
    expect([code, out, err]).toEqual([130, "", expect.stringContaining("nothing was submitted")]);
    expect(fs.readdirSync(scratch.layout.queue)).toEqual([]);
  });
});

describe("qm demo", () => {
  it("runs the examples to their end, twice, and leaves no manager", async () => {
    const first = await scratch.program(["demo"]);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(/failing +FAILED .*exit code 3/);
    expect(first.out).toContain("failing failed on purpose");
    expect(first.out).toContain(scratch.layout.finished);
    const look = first.out.match(/look: +(.*), (.*), (.*)/)?.slice(1) ?? [];
    expect((await scratch.program([], look.join(" && "))).out).toMatch(/busy[\s\S]*FAILED[\s\S]*ended/);
    const second = await scratch.run(["demo"], { tty: true });
    expect(second).toMatchObject({ code: 0 });
    expect(second.out).toMatch(/progress-2 +running +\[#+-+\] \d+ \/ 10/);
    expect(fs.readdirSync(scratch.layout.finished).sort()).toEqual(
      ["failing", "hello", "progress", "script-only", "xml-job"].flatMap((name) => [name, `${name}-2`]),
    );
    expect(await scratch.json("status")).toMatchObject({ manager: { alive: false } });
  });

  it("leaves out, with a word, the example that needs a python3 where there is none", async () => {
    const PATH = path.join(scratch.base, "bin");
    fs.mkdirSync(PATH);
    for (const name of fs.readdirSync("/bin").filter((program) => !program.startsWith("python")))
      fs.symlinkSync(path.join("/bin", name), path.join(PATH, name));
    const { code, out, err } = await scratch.run(["demo"], { env: { PATH } });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("four small jobs");
    expect(out).toMatch(/left out: +progress, as there is no python3/);
    expect(fs.readdirSync(scratch.layout.finished).sort()).toEqual([
      "failing",
      "hello",
      "script-only",
      "xml-job",
    ]);
  });

  it("uses the manager that runs already and leaves it running", async () => {
    await scratch.startManager();
    const { code, out } = await scratch.run(["demo"]);
    expect(code).toBe(0);
    expect(out).toContain("the one that runs already");
    expect(await scratch.json("status")).toMatchObject({ manager: { alive: true } });
  });

  it("says so when it is interrupted, and still stops the manager it started", async () => {
    const { code } = await scratch.run(["demo"], { signal: AbortSignal.timeout(2500) });
    expect(code).toBe(130);
  });

  it("leaves no manager when it is interrupted before that runs", async () => {
    const interrupt =
      "QM > demo.out & demo=$!; until grep -q started demo.out || ! kill -0 $demo; do sleep 0.02; done; kill -TERM $demo; wait $demo";
    const { code, err } = await scratch.program(["demo"], interrupt);
    expect([code, err]).toEqual([130, expect.stringContaining("interrupted: nothing was started")]);
    expect(programsIn(scratch.base)).toEqual([]);
  });

  it("tells why a manager could not be started", async () => {
    scratch.write("QMserv.cfg", "[QMServer]\nMin_Free_Disk = 1 MB\n");
    fs.rmSync(scratch.layout.lost, { recursive: true });
    fs.symlinkSync("/proc", scratch.layout.lost);
    const { code, err } = await scratch.run(["demo"]);
    expect(code).toBe(1);
    expect(err).toContain("the manager could not be started");
    fs.unlinkSync(scratch.layout.lost);
  });
});

/** The command lines of the processes that work in a folder. */
function programsIn(folder: string): string[] {
  return fs.readdirSync("/proc").flatMap((pid) => {
    try {
      const isThere = /^\d+$/.test(pid) && fs.readlinkSync(`/proc/${pid}/cwd`) === folder;
      return isThere ? [fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")] : [];
    } catch {
      return [];
    }
  });
}
