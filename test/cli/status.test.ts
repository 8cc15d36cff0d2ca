import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { widthOf } from "../../src/cli/terminal/text-width.ts";
import { publishStatus } from "../support/published-status.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

const HOSTILE = 'a\nb\x1b[31m"q" \u202ex';

describe("qm status without a manager", () => {
  it("reads the folders and says since when nobody looks after them", async () => {
    scratch.put("queue", "first");
    scratch.write("QM/QM_qJobs/notes.txt", "x");
    publishStatus(scratch.layout, { host: os.hostname() });
    const { out, code } = await scratch.run(["status"]);
    expect(code).toBe(0);
    expect(out).toMatch(/! no manager runs \(last seen .* ago\)/);
    expect(out).toMatch(/first .* no manager runs/);
    expect(out).toMatch(/notes\.txt +it is a file/);
  });

  it("says how many more have ended than it shows, in a pipe too, and where they are", async () => {
    for (let number = 1; number <= 65; number += 1)
      scratch.putEnded(`bad-${number}`, number === 65 ? {} : { state: "failed" });
    for (const tty of [true, false]) {
      const { out } = await scratch.run(["status"], { tty });
      expect(out.match(/and \d+ more: .*/g)).toEqual(["and 59 more: `qm history` lists all"]);
    }
  });

  it("gives the same as JSON with stable keys", async () => {
    scratch.put("queue", "first");
    for (const name of ["QM_HOLD", "QM_READY"])
      fs.writeFileSync(path.join(scratch.layout.queue, "first", name), "");
    const value = await scratch.json("status");
    expect(Object.keys(value as object)).toEqual(
      "version qmFolder manager processors workers launchType paused disk running waiting arriving strays recent notices".split(
        " ",
      ),
    );
    expect(value).toMatchObject({
      manager: { alive: false },
      processors: { max: 2, busy: 0 },
      waiting: [{ name: "first", rank: 1, held: true }],
    });
  });

  it("shows what lies in QM_Jobs with a record as running, and its progress", async () => {
    const folder = scratch.put("running", "deep");
    fs.cpSync(
      path.join(scratch.putEnded("x", { state: "running", name: "deep" }), ".qm"),
      path.join(folder, ".qm"),
      {
        recursive: true,
      },
    );
    fs.writeFileSync(path.join(folder, "process.log"), "step 3 / 10\n");
    expect(await scratch.json("status")).toMatchObject({
      processors: { busy: 2 },
      running: [{ name: "deep", progress: { done: 3, total: 10 } }],
    });
    expect((await scratch.run([])).out).toMatch(/3 \/ 10 \(30 %\) {2}about .* left/);
  });
});

describe("qm status with a manager that is stopped or hangs", () => {
  it("says so before all else", async () => {
    publishStatus(scratch.layout, { host: os.hostname(), closed: "low disk", notices: ["look here"] });
    fs.utimesSync(scratch.layout.status, new Date(), new Date(Date.now() - 40_000));
    const services = { isAlive: () => true };
    const { out } = await scratch.run([], { services });
    expect(out).toMatch(
      /\n! the manager \(pid 77\) has given no sign of life for 4\d s: .*\n! low disk\n! look here\n/,
    );
    expect(out.match(/sign of life/g)).toHaveLength(1);
    const value = JSON.parse((await scratch.run(["--json"], { services })).out);
    expect(value).toMatchObject({
      manager: { alive: true, silentSeconds: expect.any(Number) },
      notices: [expect.stringContaining("no sign of life"), "look here"],
    });
    expect((await scratch.run(["doctor"], { services })).out).toMatch(/warn manager: .*no sign of life/);
  });
});

describe("qm status of a long queue", () => {
  beforeEach(() => {
    for (let at = 0; at < 40; at += 1) scratch.put("queue", `job-${at}`);
  });

  it("is cut on a terminal, and says how to see the rest", async () => {
    const { out } = await scratch.run([], { tty: true, env: { NO_COLOR: "1" } });
    expect(out.match(/ job-/g)).toHaveLength(30);
    expect(out).toMatch(/\n {2}and 10 more: `qm status --json` or -q lists all\n/);
  });

  it("is whole in a pipe, and exactly as long as it may be without a word about it", async () => {
    expect((await scratch.run([])).out.match(/ job-/g)).toHaveLength(40);
    for (let at = 30; at < 40; at += 1)
      fs.rmSync(path.join(scratch.layout.queue, `job-${at}`), { recursive: true });
    const { out } = await scratch.run([], { tty: true, env: { NO_COLOR: "1" } });
    expect(out.match(/ job-/g)).toHaveLength(30);
    expect(out).not.toContain("more:");
  });
});

it("knows requests in every spelling, and takes them away in every spelling", async () => {
  const held = scratch.put("queue", "held");
  for (const file of [
    path.join(held, "QM_READY"),
    path.join(held, "qm_hold.TXT"),
    path.join(scratch.layout.root, "Qm_Pause.txt"),
  ])
    fs.writeFileSync(file, "");
  expect(await scratch.json("status")).toMatchObject({ paused: true, waiting: [{ held: true }] });
  expect((await scratch.run(["release", "held"])).err).toMatch(/^released: held\n/);
  expect((await scratch.run(["release", "held"])).err).toMatch(/^not held: held\n/);
  await scratch.run(["resume"]);
  expect(await scratch.json("status")).toMatchObject({ paused: false, waiting: [{ held: false }] });
});

describe("an empty folder in the queue", () => {
  const REASON = "an empty folder: waiting for its files";

  it("is arriving and has no place in the line, where no manager runs", async () => {
    fs.mkdirSync(path.join(scratch.layout.queue, "New folder"));
    fs.mkdirSync(path.join(scratch.layout.queue, "held"));
    fs.writeFileSync(path.join(scratch.layout.queue, "held/qm_hold.txt"), "");
    fs.writeFileSync(path.join(scratch.put("queue", "whole"), "QM_READY"), "");
    expect(await scratch.json("status")).toMatchObject({
      waiting: [{ name: "whole", rank: 1 }],
      arriving: expect.arrayContaining([
        { name: "New folder", state: "arriving", bytes: 0, files: 0, reason: REASON },
        { name: "held", state: "arriving", bytes: 0, files: 0, reason: REASON },
      ]),
    });
    expect((await scratch.run([])).out).toMatch(/2 arriving, 1 waiting/);
    expect((await scratch.run(["show", "New folder"])).out).toMatch(
      new RegExp(`^New folder {2}arriving\n {2}${REASON}\n`),
    );
    expect((await scratch.run(["show", "whole"])).out).toMatch(/^whole {2}waiting\n[\s\S]*Place: +1\n/);
  });

  it("is arriving for qm show as the manager says", async () => {
    fs.mkdirSync(path.join(scratch.layout.queue, "New folder"));
    const arriving = { name: "New folder", state: "arriving", bytes: 0, files: 0, reason: REASON } as const;
    publishStatus(scratch.layout, { arriving: [arriving] });
    expect((await scratch.run(["show", "New folder"])).out).toMatch(/^New folder {2}arriving\n {2}an empty/);
  });
});

describe("qm status with a manager on another machine", () => {
  it("believes a sign of life that is fresh, and not one that is old", async () => {
    publishStatus(scratch.layout, { closed: "low disk: 1 MB free, 2 MB needed", notices: ["look here"] });
    expect((await scratch.run([])).out).toMatch(/! low disk.*\n! look here/);
    expect(await scratch.json("status")).toMatchObject({ manager: { alive: true, pid: 77 } });
    fs.utimesSync(scratch.layout.status, new Date(), new Date(Date.now() - 60_000));
    expect(await scratch.json("status")).toMatchObject({ manager: { alive: false } });
  });

  it("lets the folders say where a job lies when the status is older", async () => {
    scratch.put("queue", "newcomer");
    const waiting = {
      state: "waiting" as const,
      owner: "o",
      description: "",
      processors: 1,
      priority: 0,
      bytes: 1,
      rank: 1,
      held: false,
      reason: "r",
    };
    publishStatus(scratch.layout, {
      waiting: [{ name: "gone", queuedAt: "2026-01-01T00:00:00.000Z", ...waiting }],
    });
    expect(await scratch.json("status")).toMatchObject({
      waiting: [],
      arriving: [{ name: "newcomer", reason: "just seen" }],
    });
  });
});

describe("what is shown of ended jobs", () => {
  it("lists failures apart, with their cause, and leaves out deleted folders", async () => {
    scratch.putEnded("good");
    scratch.putEnded("bad", { state: "failed", reason: "the command ended with exit code 9" });
    scratch.putEnded("stopped", { state: "killed", reason: "killed by ann" });
    fs.rmSync(scratch.putEnded("deleted"), { recursive: true });
    const { out } = await scratch.run([]);
    expect(out).toMatch(/Ended badly\n.*\n.*FAILED +bad .*exit code 9/);
    expect(out).toMatch(/Done lately\n.*\n.*done +good/);
    expect(out).not.toMatch(/deleted|stopped/);
  });
});

describe("the headline on a terminal", () => {
  it("is broken between words, as are the warnings below it", async () => {
    scratch.putEnded("good");
    const whole = (await scratch.run([])).out.split("\n\n")[0] ?? "";
    const { out } = await scratch.run([], { tty: true, columns: 41, env: { NO_COLOR: "1" } });
    const lines = (out.split("\n\n")[0] ?? "").split("\n");
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(41);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join(" ")).toBe(whole.replace(/\n/g, " "));
  });
});

describe("names of strangers", () => {
  it("never reach a table unescaped", async () => {
    scratch.put("queue", HOSTILE);
    for (const tty of [true, false]) {
      const { out } = await scratch.run([], { tty, env: { NO_COLOR: "1" } });
      expect(out).toContain("a\\nb\\x1b[31m");
      expect(out).not.toContain("\x1b");
      expect(out).not.toContain("\u202e");
    }
  });

  it("are names only with -q, one a line, whatever is in them", async () => {
    scratch.put("queue", HOSTILE);
    scratch.put("queue", "tab\there");
    expect((await scratch.run(["-q"])).out.split("\n").sort()).toEqual([
      "",
      'a\\nb\\x1b[31m"q" \\u202ex',
      "tab\there",
    ]);
    expect((await scratch.run(["-q"], { tty: true })).out).toContain("tab\\there");
  });

  it("stay whole in a pipe and are cut to the width of a terminal", async () => {
    const long = "x".repeat(255);
    scratch.put("queue", long);
    scratch.put("queue", "日本語の長い名前".repeat(8));
    expect((await scratch.run([])).out).toContain(long);
    const { out } = await scratch.run([], { tty: true, columns: 64, env: { NO_COLOR: "1" } });
    const rows = out.split("\n").filter((line) => line.includes("…"));
    expect(rows).toHaveLength(2);
    expect(rows[0]?.length).toBeLessThanOrEqual(64);
    for (const columns of [10, 20, 30, 40]) {
      const narrow = await scratch.run([], { tty: true, columns, env: { NO_COLOR: "1" } });
      const table = narrow.out.split("\n").filter((line) => /^ {2}/.test(line));
      expect(table.length).toBeGreaterThan(2);
      for (const line of table) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  });
});

describe("a very long name in a pipe", () => {
  it.each(["status", "history"])("widens its own row of %s alone", async (verb) => {
    const long = "x".repeat(255);
    scratch.putEnded(long);
    scratch.putEnded("short");
    const { out } = await scratch.run([verb]);
    expect(out).toMatch(new RegExp(`${long} {2,}\\S`));
    const rows = out.split("\n").filter((line) => line !== "" && !line.includes(long));
    expect(rows.some((line) => line.includes("short"))).toBe(true);
    for (const row of rows) expect(row.length).toBeLessThan(200);
  });
});

describe("colour", () => {
  it("is there on a terminal only, and not with NO_COLOR", async () => {
    scratch.putEnded("bad", { state: "failed" });
    expect((await scratch.run([], { tty: true })).out).toContain("\x1b[31mFAILED");
    expect((await scratch.run([], { tty: true, env: { NO_COLOR: "1" } })).out).not.toContain("\x1b");
    expect((await scratch.run([], { tty: true, env: { TERM: "dumb" } })).out).not.toContain("\x1b");
    expect((await scratch.run([])).out).not.toContain("\x1b");
  });
});
