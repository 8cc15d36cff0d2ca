import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  isRequestName,
  JOB_REQUESTS,
  makeRequest,
  NO_REQUESTS,
  PAUSE_REQUEST,
  readRequests,
  removeRequest,
  requestedBy,
} from "../../src/folders/requests.ts";
import {
  asOrdinaryUser,
  giveToOrdinaryUser,
  makeFifo,
  namesIn,
  rootOrSkip,
  scratchFolder,
} from "../support/scratch.ts";

let job = "";
let kill = "";

beforeEach(() => {
  job = scratchFolder();
  kill = path.join(job, "QM_KILL");
});

describe("the requests in a job's folder", () => {
  it("are none in an ordinary folder, nor where there is no folder", () => {
    fs.writeFileSync(path.join(job, "qm_kill"), "");
    expect(readRequests(job)).toEqual(NO_REQUESTS);
    expect(readRequests(path.join(job, "nothing"))).toEqual(NO_REQUESTS);
  });

  it.each([
    ["QM_KILL", "kill"],
    ["QM_HOLD", "hold"],
    ["QM_TOP", "top"],
    ["QM_READY", "ready"],
  ])("are known by their names: %s", (name, request) => {
    fs.writeFileSync(path.join(job, name), "");
    expect(readRequests(job)).toEqual({ ...NO_REQUESTS, [request]: true });
    expect(isRequestName(name)).toBe(true);
  });

  it("may be several", () => {
    for (const name of [JOB_REQUESTS.hold, JOB_REQUESTS.top]) makeRequest(job, name, "ann");
    expect(readRequests(job)).toEqual({ ...NO_REQUESTS, hold: true, top: true });
  });

  it("count whatever lies there, a folder or a link that leads nowhere too", () => {
    fs.mkdirSync(kill);
    fs.symlinkSync("nowhere", path.join(job, "QM_HOLD"));
    expect(readRequests(job)).toEqual({ ...NO_REQUESTS, kill: true, hold: true });
  });

  it("are none that can be seen where the manager may not look, and that is no failure", () => {
    makeRequest(job, "QM_KILL", "ann");
    fs.chmodSync(job, 0);
    expect(asOrdinaryUser(() => readRequests(job))).toEqual(NO_REQUESTS);
  });

  it("are no other names", () => {
    for (const name of ["QM_status.txt", "QM_KILL.txt", "kill", PAUSE_REQUEST]) {
      expect(isRequestName(name)).toBe(false);
    }
  });
});

describe("a request that is made", () => {
  it("tells who asked", () => {
    makeRequest(job, "QM_KILL", "ann on the page");
    expect(requestedBy(job, "QM_KILL")).toBe("ann on the page");
  });

  it("may be made again", () => {
    makeRequest(job, "QM_KILL", "ann");
    makeRequest(job, "QM_KILL", "bob");
    expect(readRequests(job).kill).toBe(true);
  });

  it.each([
    ["made read-only", 0o555],
    ["closed", 0o000],
  ])("opens a folder of one's own that its job has %s", (_, mode) => {
    giveToOrdinaryUser(job);
    fs.chmodSync(job, mode);
    asOrdinaryUser(() => makeRequest(job, "QM_KILL", "ann"));
    expect(asOrdinaryUser(() => readRequests(job)).kill).toBe(true);
  });

  it("writes through no link that lies there", () => {
    const precious = path.join(scratchFolder(), "precious");
    fs.writeFileSync(precious, "mine");
    fs.symlinkSync(precious, kill);
    makeRequest(job, "QM_KILL", "ann");
    expect(fs.readFileSync(precious, "utf8")).toBe("mine");
    expect(readRequests(job).kill).toBe(true);
  });

  it("writes into no FIFO that lies there, which would wait for ever for a reader", () => {
    const reader = fs.openSync(makeFifo(kill), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      makeRequest(job, "QM_KILL", "ann");
      expect(fs.readSync(reader, Buffer.alloc(10))).toBe(0);
    } finally {
      fs.closeSync(reader);
    }
  });
});

describe("a request that is taken away", () => {
  it("is gone, whatever it was", () => {
    makeRequest(job, "QM_TOP", "ann");
    fs.mkdirSync(path.join(kill, "with", "content"), { recursive: true });
    for (const name of ["QM_KILL", "QM_TOP"]) removeRequest(job, name);
    expect(namesIn(job)).toEqual([]);
  });

  it("takes nothing along that a link leads to", () => {
    const precious = scratchFolder();
    fs.writeFileSync(path.join(precious, "file"), "mine");
    fs.symlinkSync(precious, kill);
    removeRequest(job, "QM_KILL");
    expect(namesIn(precious)).toEqual(["file"]);
  });

  it.runIf(rootOrSkip())("is not gone where only its owner may remove it, and that is told as such", () => {
    makeRequest(job, "QM_READY", "ann");
    fs.chmodSync(job, 0o1777);
    expect(() => asOrdinaryUser(() => removeRequest(job, "QM_READY"))).toThrow("EPERM");
  });

  it("may be gone already", () => {
    expect(() => removeRequest(job, "QM_KILL")).not.toThrow();
  });
});

describe("who asked", () => {
  it.each([
    ["ann\n", "ann"],
    ["ann", "ann"],
    ["  ann  \r\nmore", "ann"],
    ["é\n", "é"],
  ])("is the first line: %j", (text, by) => {
    fs.writeFileSync(kill, text);
    expect(requestedBy(job, "QM_KILL")).toBe(by);
  });

  it.each([
    ["an empty file", () => fs.writeFileSync(kill, "")],
    ["an empty first line", () => fs.writeFileSync(kill, " \nann\n")],
    ["a file far too large", () => fs.writeFileSync(kill, "x".repeat(100_000))],
    ["a link", () => fs.symlinkSync("/etc/hostname", kill)],
    ["a folder", () => fs.mkdirSync(kill)],
    ["a FIFO", () => makeFifo(kill)],
  ])("is told by the owner's name where it is %s", (_, make) => {
    make();
    expect(requestedBy(job, "QM_KILL")).toBe(`the file QM_KILL (${os.userInfo().username})`);
  });

  it.runIf(rootOrSkip())("is told by the owner's number where that has no name", () => {
    fs.writeFileSync(kill, "");
    fs.chownSync(kill, 3_999_004, 3_999_004);
    expect(requestedBy(job, "QM_KILL")).toBe("the file QM_KILL (user id 3999004)");
  });

  it("is not known once it is gone", () => {
    expect(requestedBy(job, "QM_KILL")).toBe("somebody");
  });
});
