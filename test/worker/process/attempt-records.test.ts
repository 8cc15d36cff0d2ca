import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  readExit,
  readSession,
  readStart,
  revokeStart,
} from "../../../src/worker/process/attempt-records.ts";

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "qm-records-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string, atSeconds = 1_700_000_000): void {
  fs.writeFileSync(path.join(folder, name), text);
  fs.utimesSync(path.join(folder, name), atSeconds, atSeconds);
}

describe("readStart", () => {
  const whole = "a23aa4a2-5f70-4203-8d60-9008ee9fd0cc 4865 148143 end\n";

  it("tells who was started, and when by the file's own time", () => {
    expect(readStart(folder)).toEqual({ kind: "none" });
    write("start", whole);
    expect(readStart(folder)).toEqual({
      kind: "started",
      shim: { bootId: "a23aa4a2-5f70-4203-8d60-9008ee9fd0cc", pid: 4865, startTicks: "148143" },
      startedAtMs: 1_700_000_000_000,
    });
  });

  it("takes nothing but the whole record for one, wherever the writing broke off", () => {
    for (let length = 0; length < whole.length; length++) {
      write("start", whole.slice(0, length));
      expect(readStart(folder)).toEqual({ kind: "incomplete" });
    }
  });

  it("does not follow a link, nor wait for a pipe", () => {
    fs.symlinkSync("/dev/zero", path.join(folder, "start"));
    expect(() => readStart(folder)).toThrow(/start/);
  });
});

describe("revokeStart", () => {
  it("takes the place of a start once, and leaves a start alone", () => {
    expect(revokeStart(folder)).toBe(true);
    expect(readStart(folder)).toEqual({ kind: "revoked" });
    expect(revokeStart(folder)).toBe(false);
  });

  it("does not replace a start that is being written", () => {
    write("start", "");
    expect(revokeStart(folder)).toBe(false);
    expect(readStart(folder)).toEqual({ kind: "incomplete" });
  });

  it("throws when the folder is gone", () => {
    expect(() => revokeStart(path.join(folder, "gone"))).toThrow(/ENOENT/);
  });
});

describe("readExit", () => {
  const exit = (code: number, late = 0, times = "1m2.500000s 0m0.250000s"): string =>
    `${code} ${late}\n0m0.000000s 0m0.000000s\n${times}\nend\n`;

  it("tells code, processor time and the time of the end", () => {
    expect(readExit(folder)).toEqual({ kind: "none" });
    write("exit", exit(3));
    expect(readExit(folder)).toEqual({
      kind: "exited",
      exitCode: 3,
      cpuSeconds: 62.75,
      endedAtMs: 1_700_000_000_000,
    });
  });

  it("subtracts the seconds by which the record came late", () => {
    write("exit", exit(0, 40));
    expect(readExit(folder)).toMatchObject({ endedAtMs: 1_699_999_960_000 });
  });

  it("understands the comma of a locale, and does without times it cannot read", () => {
    write("exit", exit(0, 0, "0m1,5s 0m0,5s"));
    expect(readExit(folder)).toMatchObject({ cpuSeconds: 2 });
    write("exit", exit(4, 0, "unreadable"));
    expect(readExit(folder)).toEqual({ kind: "exited", exitCode: 4, endedAtMs: 1_700_000_000_000 });
  });

  it("takes nothing but the whole record for one, wherever the writing broke off", () => {
    const whole = exit(0);
    for (let length = 0; length < whole.length; length++) {
      write("exit", whole.slice(0, length));
      expect(readExit(folder)).toEqual({ kind: "incomplete" });
    }
  });

  it.each([
    [137, "SIGKILL"],
    [143, "SIGTERM"],
    [139, "SIGSEGV"],
    [134, "SIGABRT"],
    [128, undefined],
    [255, undefined],
    [1, undefined],
  ])("names the signal of code %i", (code, signal) => {
    write("exit", exit(code));
    const read = readExit(folder);
    expect(read.kind === "exited" && read.signal).toBe(signal);
  });
});

describe("readSession", () => {
  const exit = "3 0 120.25\n0m0.00s 0m0.00s\n0m0.10s 0m0.02s\nend\n";

  it("gives the session's number, and until when it was that once the command has ended", () => {
    write("alive", "4866\n");
    expect(readSession(folder)).toEqual({ id: 4866 });
    write("exit", exit);
    expect(readSession(folder)).toEqual({ id: 4866, endedAtUptimeSeconds: 120.25 });
  });

  it("tells of none where nobody knows until when the number was its own", () => {
    expect(readSession(folder)).toBeUndefined();
    write("alive", "");
    expect(readSession(folder)).toBeUndefined();
    write("alive", "4866\n");
    write("exit", exit.slice(0, -4));
    expect(readSession(folder)).toBeUndefined();
  });
});
