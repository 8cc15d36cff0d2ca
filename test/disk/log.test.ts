import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog, type Log, type LogOptions } from "../../src/disk/log.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "qm-log-"));
  file = path.join(folder, ".qm", "QueueManager.log");
  fs.mkdirSync(path.dirname(file));
});

afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

function newLog(options: Partial<LogOptions> = {}): Log {
  return createLog({ file, format: "text", maxBytes: 1_000_000, keep: 3, verbose: false, ...options });
}

function lines(name = file): string[] {
  return fs.readFileSync(name, "utf8").split("\n").slice(0, -1);
}

/** The lines without their times. */
function messages(name = file): string[] {
  return lines(name).map((line) => line.slice("2026-11-22 10:15:02.123+01:00 ".length));
}

describe("text form", () => {
  it("begins with local time, offset and level, and is there when the call returns", () => {
    newLog().info("job «x» started: 4 processors (0-3)");
    expect(lines()).toEqual([
      expect.stringMatching(
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d INFO {2}job «x» started: 4 processors \(0-3\)$/,
      ),
    ]);
    expect(Math.abs(Date.parse((lines()[0] ?? "").slice(0, 29).replace(" ", "T")) - Date.now())).toBeLessThan(
      10_000,
    );
  });

  it.each([
    ["Asia/Kathmandu", "2026-11-22 15:00:02.123+05:45"],
    ["America/St_Johns", "2026-11-22 05:45:02.123-03:30"],
    ["UTC", "2026-11-22 09:15:02.123+00:00"],
  ])("tells the time of %s", (zone, expected) => {
    vi.stubEnv("TZ", zone);
    vi.useFakeTimers({ now: Date.parse("2026-11-22T09:15:02.123Z"), toFake: ["Date"] });
    newLog().info("x");
    vi.useRealTimers();
    vi.unstubAllEnvs();
    expect(lines()).toEqual([`${expected} INFO  x`]);
  });

  it("shows fields as key=value, quoted where they could be taken for the next one", () => {
    newLog().warn("w", { n: 4, yes: true, name: "plain", odd: 'a b="c" d=1', empty: "", path: "C:\\x" });
    expect(messages()).toEqual([
      'WARN  w n=4 yes=true name=plain odd="a b=\\"c\\" d=1" empty="" path="C:\\\\x"',
    ]);
  });

  it("keeps a stranger's text on its line and off the terminal's controls", () => {
    newLog().error("job «a\n2026-11-22 INFO  forged» failed\x1b[2J", { job: "x\r\ny\u202e\u009b" });
    expect(messages()).toEqual([
      'ERROR job «a\\n2026-11-22 INFO  forged» failed\\x1b[2J job="x\\r\\ny\\u202e\\x9b"',
    ]);
  });

  it("takes percent signs as they are and shortens what is very long", () => {
    newLog().info("100 %s %d %o", { script: "x".repeat(300_000) });
    expect(messages()[0]).toMatch(/^INFO {2}100 %s %d %o script=x{4000}…$/);
  });
});

describe("JSON form", () => {
  it("is one object a line with ISO time, level, message and fields", () => {
    newLog({ format: "json" }).info("started\nnow", {
      job: "a b",
      processors: 4,
      time: 7,
      level: "x",
      msg: "y",
    });
    expect(lines().map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        job: "a b",
        processors: 4,
        time_: 7,
        level_: "x",
        msg_: "y",
        msg: "started\nnow",
      },
    ]);
  });

  it("escapes what would move the cursor or turn the text around, and still means it", () => {
    newLog({ format: "json" }).info("a\u009b\u202eb\x7f\u2028");
    expect(lines()[0]).toContain("a\\u009b\\u202eb\\u007f\\u2028");
    expect(JSON.parse(lines()[0] ?? "")).toMatchObject({ msg: "a\u009b\u202eb\x7f\u2028" });
  });
});

describe("settings", () => {
  it("write debug events only when verbose", () => {
    const log = newLog();
    log.debug("silent");
    log.reconfigure({ verbose: true });
    log.debug("heard");
    log.reconfigure({ verbose: false, format: "json" });
    log.debug("silent");
    log.info("last");
    expect(lines()).toEqual([
      expect.stringMatching(/DEBUG heard$/),
      expect.stringMatching(/^\{.*"msg":"last"\}$/),
    ]);
  });

  it("write nothing after the end", () => {
    const log = newLog();
    log.info("one");
    log.close();
    log.error("two");
    expect(messages()).toEqual(["INFO  one"]);
  });
});

describe("stderr", () => {
  it("gets the same line in the foreground only", () => {
    const written: string[] = [];
    const real = fs.writeSync;
    vi.spyOn(fs, "writeSync").mockImplementation(((handle: number, ...rest: [Buffer, number]) => {
      if (handle !== 2) return real(handle, ...rest);
      return written.push(String(rest[0]));
    }) as typeof fs.writeSync);
    newLog({ stderr: true }).info("both");
    newLog().info("file only");
    expect(written).toEqual([`${lines()[0]}\n`]);
    expect(messages()).toEqual(["INFO  both", "INFO  file only"]);
  });

  it("may be closed without harm to the file", () => {
    const real = fs.writeSync;
    vi.spyOn(fs, "writeSync").mockImplementation(((handle: number, ...rest: [Buffer, number]) => {
      if (handle === 2) throw Object.assign(new Error("broken pipe"), { code: "EPIPE" });
      return real(handle, ...rest);
    }) as typeof fs.writeSync);
    newLog({ stderr: true }).info("kept");
    expect(messages()).toEqual(["INFO  kept"]);
  });
});

describe("rotation", () => {
  const long = "x".repeat(200);

  it("puts the file aside before it grows beyond its size, and keeps so many", () => {
    const log = newLog({ maxBytes: 1000, keep: 3 });
    for (let event = 1; event <= 40; event += 1) log.info(`event ${event} ${long}`);
    const names = fs.readdirSync(path.dirname(file)).toSorted();
    expect(names).toEqual(["", ".1", ".2", ".3"].map((ending) => `QueueManager.log${ending}`));
    expect(names.every((name) => fs.statSync(path.join(folder, ".qm", name)).size <= 1000)).toBe(true);
    const events = names.toReversed().flatMap((name) => messages(path.join(folder, ".qm", name)));
    const numbers = events.map((event) => Number(/event (\d+)/.exec(event)?.[1]));
    expect(numbers).toEqual(
      Array.from({ length: numbers.length }, (_, index) => 41 - numbers.length + index),
    );
  });

  it("goes on with the file of an earlier run", () => {
    newLog().info("before");
    newLog().info("after");
    expect(messages()).toEqual(["INFO  before", "INFO  after"]);
  });

  it("removes what is too many after fewer are to be kept, and nothing else", () => {
    const log = newLog({ maxBytes: 300, keep: 4 });
    for (let event = 0; event < 8; event += 1) log.info(long);
    fs.writeFileSync(`${file}.1.gz`, "");
    log.reconfigure({ maxBytes: 300, keep: 1 });
    log.info(long);
    expect(fs.readdirSync(path.dirname(file)).toSorted()).toEqual(
      ["", ".1", ".1.gz"].map((ending) => `QueueManager.log${ending}`),
    );
    log.reconfigure({ keep: 0 });
    log.info(long);
    expect(fs.existsSync(`${file}.1`)).toBe(false);
    expect(lines()).toHaveLength(1);
  });

  it("writes a line longer than a whole file, and closes a gap in the numbers", () => {
    const log = newLog({ maxBytes: 1000, keep: 3 });
    log.info("y".repeat(3000));
    fs.writeFileSync(`${file}.2`, "old\n");
    log.info("next");
    expect(messages()).toEqual(["INFO  next"]);
    expect([lines(`${file}.1`).length, lines(`${file}.3`)]).toEqual([1, ["old"]]);
  });

  it("lets the file grow where it cannot be put aside", () => {
    const log = newLog({ maxBytes: 300, keep: 1 });
    fs.mkdirSync(path.join(`${file}.1`, "full"), { recursive: true });
    for (let event = 0; event < 4; event += 1) log.info(long);
    expect(lines()).toHaveLength(4);
  });
});

describe("trouble with the file", () => {
  it("is counted and told when writing works again", () => {
    const log = newLog();
    log.info("first");
    fs.renameSync(path.dirname(file), path.join(folder, "away"));
    log.info("lost");
    log.warn("lost too");
    expect(fs.existsSync(path.dirname(file))).toBe(false);
    fs.renameSync(path.join(folder, "away"), path.dirname(file));
    log.info("back");
    log.info("on");
    expect(messages()).toEqual([
      "INFO  first",
      "WARN  2 lines of this log could not be written lost=2 reason=ENOENT",
      "INFO  back",
      "INFO  on",
    ]);
  });

  it.skipIf(!fs.existsSync("/dev/full"))("survives a full disk", () => {
    const log = newLog({ format: "json" });
    fs.symlinkSync("/dev/full", file);
    log.info("lost");
    fs.rmSync(file);
    log.info("back");
    expect(lines().map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: "warn", lost: 1, reason: "ENOSPC", msg: "1 line of this log could not be written" },
      { msg: "back" },
    ]);
  });

  it("leaves no half line when the disk fills in the middle of one", () => {
    const log = newLog();
    log.info("whole");
    const whole = fs.readFileSync(file, "utf8");
    const real = fs.writeSync;
    const spy = vi.spyOn(fs, "writeSync");
    spy.mockImplementationOnce(((handle: number, bytes: Buffer) =>
      real(handle, bytes, 0, 10)) as typeof fs.writeSync);
    spy.mockImplementationOnce(() => {
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    });
    log.info("half");
    expect(fs.readFileSync(file, "utf8")).toBe(whole);
  });

  it("does not wait for a reader of a FIFO in the file's place", () => {
    const log = newLog();
    execFileSync("mkfifo", [file]);
    log.info("lost");
    fs.rmSync(file);
    log.info("back");
    expect(messages()[0]).toContain("reason=ENXIO");
  });

  it("does not keep the log from being made where its folder cannot be", () => {
    fs.rmdirSync(path.join(folder, ".qm"));
    fs.writeFileSync(path.join(folder, ".qm"), "in the way");
    const log = newLog();
    expect(() => log.info("lost")).not.toThrow();
    fs.rmSync(path.join(folder, ".qm"));
    fs.mkdirSync(path.join(folder, ".qm"));
    log.info("back");
    expect(messages()).toHaveLength(2);
  });
});
