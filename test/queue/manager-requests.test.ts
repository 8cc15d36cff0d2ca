import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  leaveMailRequest,
  leaveStopRequest,
  takeMailRequest,
  takeStopRequest,
  withdrawStopRequest,
} from "../../src/queue/manager-requests.ts";
import { scratchFolder } from "../support/scratch.ts";

const request = () => path.join(scratchFolder(), "request");

afterEach(() => vi.restoreAllMocks());

describe("a request to stop", () => {
  it("is taken once, by its word; any other means to leave the jobs running", () => {
    const file = request();
    expect(takeStopRequest(file)).toBeUndefined();
    for (const [text, mode] of [
      ["leave", "leave"],
      ["drain\n", "drain"],
      [" kill ", "kill"],
      ["", "leave"],
      ["Kill them all", "leave"],
      ["kill".padEnd(1000, " "), "leave"],
    ] as const) {
      fs.writeFileSync(file, text);
      expect(takeStopRequest(file)?.mode).toBe(mode);
      expect(fs.existsSync(file)).toBe(false);
    }
  });

  it("is taken though it is no regular file", () => {
    const file = request();
    execFileSync("mkfifo", [file]);
    expect(takeStopRequest(file)?.mode).toBe("leave");
    fs.mkdirSync(path.join(file, "x"), { recursive: true });
    expect(takeStopRequest(file)?.mode).toBe("leave");
    expect(fs.existsSync(file)).toBe(false);
  });

  it.each(["leave", "drain", "kill"] as const)("is taken as it was left: %s", (mode) => {
    const file = request();
    leaveStopRequest(file, mode);
    expect(takeStopRequest(file)?.mode).toBe(mode);
  });

  it.each(["leave", "drain", "kill"] as const)("says who asks, where it does: %s", (mode) => {
    const file = request();
    leaveStopRequest(file, mode);
    expect(takeStopRequest(file)).toEqual({ mode, by: undefined });
    leaveStopRequest(file, mode, "ada@lab1");
    expect(takeStopRequest(file)).toEqual({ mode, by: "ada@lab1" });
  });

  it.each(["leave", "drain", "kill"] as const)("is left on a full disk too, by an empty file: %s", (mode) => {
    const file = request();
    const full = () => {
      throw Object.assign(new Error("no room"), { code: "ENOSPC" });
    };
    vi.spyOn(fs, "writeSync").mockImplementation(full);
    leaveStopRequest(file, mode);
    expect(fs.readdirSync(path.dirname(file))).toHaveLength(1);
    expect(takeStopRequest(file)?.mode).toBe(mode);
    expect([takeStopRequest(file), ...fs.readdirSync(path.dirname(file))]).toEqual([undefined]);
  });

  it("is refused where not even an empty file can be made", () => {
    const file = path.join(scratchFolder(), "none/request");
    expect(() => leaveStopRequest(file, "kill")).toThrow("ENOENT");
  });

  it("is withdrawn in every form", () => {
    const file = request();
    fs.writeFileSync(file, "drain\n");
    fs.writeFileSync(`${file}-kill`, "");
    withdrawStopRequest(file);
    expect([takeStopRequest(file), ...fs.readdirSync(path.dirname(file))]).toEqual([undefined]);
  });
});

describe("a request about mails", () => {
  it("is taken once, as it was left; any other word means to look", () => {
    const file = request();
    for (const word of ["send", "look"] as const) {
      leaveMailRequest(file, word);
      expect(takeMailRequest(file)).toBe(word);
      expect(takeMailRequest(file)).toBeUndefined();
    }
    fs.writeFileSync(file, "send them all");
    expect(takeMailRequest(file)).toBe("look");
  });
});

it("stays where a disk in trouble hides it for now", () => {
  const file = request();
  leaveMailRequest(file, "send");
  const trouble = vi.spyOn(fs, "openSync").mockImplementation(() => {
    throw Object.assign(new Error("input/output error"), { code: "EIO" });
  });
  expect([takeMailRequest(file), takeStopRequest(file)]).toEqual([undefined, undefined]);
  trouble.mockRestore();
  expect(takeMailRequest(file)).toBe("send");
});
