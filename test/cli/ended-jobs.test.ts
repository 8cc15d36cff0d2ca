import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

describe("finding a job by its name", () => {
  it("takes another case, the escaped form and a path, and suggests the nearest", async () => {
    scratch.putEnded("Result");
    scratch.putEnded("two\nlines");
    for (const given of ["Result", "result", "QM/QM_dJobs/Result/", `${scratch.layout.finished}/Result`])
      expect((await scratch.run(["show", "-q", given])).out).toBe(`${scratch.layout.finished}/Result\n`);
    expect((await scratch.run(["show", "two\\nlines"])).out).toContain("two\\nlines  done");
    const { code, err } = await scratch.run(["show", "Reslut"]);
    expect(code).toBe(3);
    expect(err).toContain("did you mean «Result»?");
  });

  it("says of names that can be no job's that there is none", async () => {
    for (const name of ["..", "a/b", "", "x".repeat(5000), ".qm"])
      expect(await scratch.run(["show", name])).toMatchObject({ code: 3 });
  });

  it("goes on with the others when one is missing", async () => {
    scratch.putEnded("one");
    scratch.putEnded("two");
    expect(await scratch.run(["delete", "one", "none", "two", "two"])).toMatchObject({ code: 3 });
    expect(fs.readdirSync(scratch.layout.finished)).toEqual([]);
  });
});

describe("processes that a job left running, and its own last word", () => {
  const left = {
    exitCode: 0,
    leftProcesses: { count: 2, names: ["sh", "x\u001b[2J"] },
  };
  const told =
    "left 2 processes running, which were ended: sh, x\\x1b[2J; put `wait` at the end of the script";

  it("stand in status, history, show and wait", async () => {
    scratch.putEnded("hasty", left);
    for (const argv of [["status"], ["history"]])
      expect((await scratch.run(argv)).out).toMatch(/done \(warning\) +hasty .*left 2 processes .*x\\x1b/);
    expect((await scratch.run(["show", "hasty"])).out).toContain(`hasty  done (warning)\n`);
    expect((await scratch.run(["show", "hasty"])).out).toContain(`  ${told}\n`);
    expect(await scratch.run(["wait", "hasty"])).toMatchObject({
      code: 0,
      out: `done (warning) hasty in 1 h: ${told}\n`,
    });
  });

  it("stand beside the reason of one that failed, with the advice", async () => {
    const reason = "Error: no mesh (exit code 127)";
    scratch.putEnded("bad", { ...left, state: "failed", exitCode: 127, reason, advice: "Look for it." });
    expect((await scratch.run(["wait", "bad"])).out).toBe(
      `FAILED bad after 1 h: ${reason}\n  Look for it.\n  ${told}\n`,
    );
    expect((await scratch.run(["status"])).out).toContain(`${reason}; left 2 processes`);
  });
});

describe("qm show", () => {
  it("tells the record in plain words", async () => {
    scratch.putEnded("job", {
      state: "failed",
      reason: "the command ended with exit code 137 (signal SIGKILL)",
      signal: "SIGKILL",
      exitCode: 137,
      script: "./run\x1b[2J",
      cpuSeconds: 90,
      peakMemoryBytes: 12_300_000,
      timeLimitSeconds: 7200,
      processorIds: [0, 3],
    });
    const { out } = await scratch.run(["show", "job"], { tty: true, env: { NO_COLOR: "1" } });
    expect(out).toMatch(/^job {2}FAILED\n {2}the command ended with exit code 137/);
    for (const text of [
      "./run\\x1b[2J",
      "2 (numbers 0, 3)",
      "1 min 30 s",
      "12.3 MB",
      "2 h",
      "SIGKILL",
      "w on h",
    ])
      expect(out).toContain(text);
    expect(out).not.toContain("\x1b");
    const value = await scratch.json("show", "job");
    expect(value).toMatchObject({ version: 2, name: "job", stage: "finished", record: { exitCode: 137 } });
  });

  it("lists every reason of a job that was not run, and bears with a missing record", async () => {
    const folder = scratch.putEnded("wrong", { state: "invalid", problems: ["first fault", "second fault"] });
    fs.renameSync(folder, path.join(scratch.layout.lost, "wrong"));
    expect((await scratch.run(["show", "wrong"])).out).toMatch(/NOT RUN\n {2}first fault\n {2}second fault/);
    scratch.put("finished", "bare");
    expect((await scratch.run(["show", "bare"])).out).toContain("it has no record");
    expect(await scratch.run(["wait", "bare"])).toMatchObject({ code: 1 });
    expect(await scratch.run(["log", "bare"])).toMatchObject({ code: 1 });
  });
});

describe("qm log", () => {
  it("is no way to read anything but a log", async () => {
    const folder = scratch.putEnded("trap");
    fs.rmSync(path.join(folder, "process.log"));
    fs.symlinkSync("/etc/passwd", path.join(folder, "process.log"));
    expect(await scratch.run(["log", "trap"])).toMatchObject({ code: 1, out: "" });
  });

  it.each([[["log"]], [["log", "-f"]], [["log", "--json"]]])(
    "says that a log may not be read: %j",
    async (verb) => {
      const log = path.join(scratch.putEnded("closed"), "process.log");
      const open = fs.openSync;
      vi.spyOn(fs, "openSync").mockImplementation((file, ...rest) => {
        if (file === log) throw Object.assign(new Error("made up"), { code: "EACCES" });
        return open(file, ...rest);
      });
      const { code, out, err } = await scratch.run([...verb, "closed"]);
      vi.restoreAllMocks();
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain("the log of «closed» cannot be read (EACCES)");
    },
  );

  it("is unaltered in a pipe, and gives the last lines when asked", async () => {
    const folder = scratch.putEnded("job");
    fs.writeFileSync(path.join(folder, "process.log"), Buffer.from([0xff, 0x1b, 0x0a, 0x41]));
    expect((await scratch.program(["log", "job"], "QM | od -An -tx1")).out.trim()).toBe("ff 1b 0a 41");
    fs.writeFileSync(path.join(folder, "process.log"), "1\n2\n3\n");
    expect((await scratch.run(["log", "job", "-n", "1"])).out).toBe("3\n");
    expect((await scratch.run(["log", "job", "-n", "9"])).out).toBe("1\n2\n3\n");
    const large = Array.from({ length: 40_000 }, (_, at) => `line ${at}\n`).join("");
    fs.writeFileSync(path.join(folder, "process.log"), large);
    expect((await scratch.run(["log", "job", "-n", "20000"])).out).toBe(
      large.slice(large.indexOf("line 20000\n")),
    );
    expect(await scratch.run(["log", "-f", "job"])).toMatchObject({ code: 0, out: large });
  });
});

describe("qm log --json", () => {
  it("gives the lines of the log, all or the last ones", async () => {
    const folder = scratch.putEnded("job");
    expect(await scratch.json("log", "job")).toEqual({
      version: 1,
      name: "job",
      lines: ["first", "second", "third"],
    });
    expect(await scratch.json("log", "job", "-n", "2")).toMatchObject({ lines: ["second", "third"] });
    fs.writeFileSync(path.join(folder, "process.log"), "a\x1b[2J\r\n\nno end");
    expect(await scratch.json("log", "job")).toMatchObject({ lines: ["a\x1b[2J\r", "", "no end"] });
    fs.writeFileSync(path.join(folder, "process.log"), "");
    expect(await scratch.json("log", "job")).toMatchObject({ lines: [] });
  });

  it("refuses to follow, and to invent a log", async () => {
    scratch.put("queue", "waiting");
    expect(await scratch.run(["log", "--json", "-f", "waiting"])).toMatchObject({ code: 2, out: "" });
    expect(await scratch.run(["log", "--json", "waiting"])).toMatchObject({ code: 1, out: "" });
  });
});

describe("qm delete", () => {
  it("asks on a terminal and removes nothing without a yes", async () => {
    const folder = scratch.putEnded("job");
    expect(await scratch.run(["delete", "job"], { tty: true, answer: "n" })).toMatchObject({ code: 4 });
    expect(await scratch.run(["delete", "job"], { tty: true })).toMatchObject({ code: 4 });
    expect(fs.existsSync(folder)).toBe(true);
    expect(await scratch.run(["delete", "job"], { tty: true, answer: "yes" })).toMatchObject({ code: 0 });
    expect(fs.existsSync(folder)).toBe(false);
    expect(fs.readdirSync(scratch.layout.trash)).toEqual([]);
    expect((await scratch.run(["history", "-q"])).out).toBe("job\n");
  });

  it("removes links and not what they lead to, and what forbids it too", async () => {
    const precious = scratch.write("precious/file", "x");
    const folder = scratch.putEnded("job");
    fs.symlinkSync(path.dirname(precious), path.join(folder, "link"));
    fs.mkdirSync(path.join(folder, "locked/deep"), { recursive: true });
    fs.chmodSync(path.join(folder, "locked"), 0o500);
    expect(await scratch.run(["delete", "-y", "job"])).toMatchObject({ code: 0 });
    expect(fs.existsSync(precious)).toBe(true);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it("takes the ended job where a newcomer of its name waits", async () => {
    scratch.put("queue", "job");
    const folder = scratch.putEnded("job");
    expect(await scratch.run(["delete", "job"])).toMatchObject({ code: 0 });
    expect(fs.existsSync(folder)).toBe(false);
  });
});

describe("qm redo", () => {
  it("moves back without old requests, marked as whole, and says when nobody will run it", async () => {
    const folder = scratch.putEnded("job");
    fs.writeFileSync(path.join(folder, "QM_KILL"), "");
    const { out, err } = await scratch.run(["redo", "job"]);
    expect(out).toBe("job\n");
    expect(err).toContain("no manager runs");
    expect(fs.readdirSync(path.join(scratch.layout.queue, "job")).sort()).toEqual([
      ".qm",
      "QM_READY",
      "process.log",
    ]);
    expect(await scratch.run(["redo", "job"])).toMatchObject({ code: 4 });
  });

  it("cannot start from inputs of which nothing is known", async () => {
    scratch.putEnded("job");
    expect(await scratch.run(["redo", "--clean", "job"])).toMatchObject({ code: 4 });
  });
});

describe("without a manager", () => {
  it("a kill stays as a request, and says so with exit code 5", async () => {
    const folder = scratch.put("queue", "job");
    expect(await scratch.run(["kill", "job"])).toMatchObject({ code: 5 });
    expect(fs.readFileSync(path.join(folder, "QM_KILL"), "utf8")).toMatch(/^.+@.+\n$/);
    expect(await scratch.run(["top", "job"])).toMatchObject({
      code: 0,
      err: expect.stringContaining("no manager"),
    });
    expect(await scratch.run(["log", "-f", "job"])).toMatchObject({ code: 5 });
    expect(await scratch.run(["submit", "--wait", "--", "true"])).toMatchObject({ code: 5, out: "true\n" });
  });
});

describe("history and statistics", () => {
  beforeEach(() => {
    scratch.putEnded("a", { finishedAt: "2026-01-05T12:00:00.000Z" });
    scratch.putEnded("b", { owner: "bob@lab.org", state: "failed", waitedSeconds: 30 });
    scratch.putEnded("c", { state: "timed_out", finishedAt: new Date().toISOString(), waitedSeconds: 20 });
  });

  it("choose by owner, outcome and time", async () => {
    const names = async (...argv: string[]) =>
      (await scratch.run(["history", "-q", ...argv])).out.split("\n").join("");
    expect(await names()).toBe("abc");
    expect(await names("--owner", "ADA@lab.org")).toBe("ac");
    expect(await names("--outcome", "failed,timed-out")).toBe("bc");
    expect(await names("--since", "24h")).toBe("c");
    expect(await names("--since", "2026-01-05")).toBe("abc");
    expect(await names("--last", "2")).toBe("bc");
    for (const wrong of [
      ["--outcome", "good"],
      ["--since", "90"],
      ["--since", "yesterday"],
      ["--since", "2026-02-30"],
      ["--since", "2026-04-31T10:00"],
      ["--last", "0"],
    ])
      expect(await scratch.run(["history", ...wrong])).toMatchObject({ code: 2 });
  });

  it("take a month as beginning at this machine's midnight, as a day does", async () => {
    vi.stubEnv("TZ", "Asia/Tokyo");
    scratch.putEnded("d", { finishedAt: "2025-12-31T16:00:00.000Z" });
    expect((await scratch.run(["history", "-q", "--since", "2026-01"])).out).toBe("a\nb\nc\nd\n");
    vi.unstubAllEnvs();
  });

  it("show tables and records", async () => {
    expect((await scratch.run(["history"])).out).toMatch(
      /OUTCOME.*\n {2}done +a .*\n {2}FAILED +b .*\n {2}TIMED OUT +c/,
    );
    expect(await scratch.json("history", "--last", "1")).toMatchObject({
      version: 1,
      jobs: [{ name: "c", ranSeconds: 3600 }],
    });
    expect(await scratch.run(["history", "--owner", "nobody"])).toMatchObject({ code: 0, out: "" });
    expect(await scratch.run(["stats", "--owner", "nobody"])).toMatchObject({ code: 0, out: "" });
  });

  it("show several problems of one job side by side", async () => {
    scratch.putEnded("wrong", { state: "invalid", reason: "job.sh, line 2: one\njob.sh, line 3: two" });
    for (const verb of ["history", "status"])
      expect((await scratch.run([verb])).out).toContain("job.sh, line 2: one / job.sh, line 3: two\n");
  });

  it("say how many older ones a table leaves out", async () => {
    for (let at = 0; at < 60; at += 1)
      fs.appendFileSync(
        scratch.layout.history,
        `${fs.readFileSync(scratch.layout.history, "utf8").split("\n")[0]}\n`,
      );
    const { out, err } = await scratch.run(["history"]);
    expect(out.trimEnd().split("\n")).toHaveLength(51);
    expect(err).toContain("13 older ones");
  });

  it("add up jobs, failures, processor hours and waiting", async () => {
    expect(await scratch.json("stats")).toMatchObject({
      version: 1,
      total: { jobs: 3, failures: 2, processorHours: 6, waitedMedianSeconds: 20 },
      byOwner: [
        { owner: "ada@lab.org", jobs: 2, failures: 1, processorHours: 4, waitedMedianSeconds: 15 },
        { owner: "bob@lab.org", jobs: 1, failures: 1 },
      ],
    });
    const { out } = await scratch.run(["stats"]);
    expect(out).toMatch(/ada@lab\.org +2 +1 +4\.00 +15 s/);
    expect(out).toMatch(/all +3 +2 +6\.00 +20 s/);
    expect((await scratch.run(["stats", "-q"])).out).toBe("ada@lab.org\nbob@lab.org\n");
  });
});
