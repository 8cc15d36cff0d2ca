import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { writeOrigin } from "../../src/queue/origin.ts";
import { JOB_REQUESTS, PAUSE_REQUEST } from "../../src/queue/request-files.ts";
import {
  isPaused,
  makeRequest,
  NO_REQUESTS,
  readRequests,
  removeRequest,
  requestedBy,
} from "../../src/queue/requests.ts";
import {
  asOrdinaryUser,
  fill,
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
    fs.writeFileSync(path.join(job, "run.sh"), "");
    expect(readRequests(job)).toEqual(NO_REQUESTS);
    expect(readRequests(path.join(job, "nothing"))).toEqual(NO_REQUESTS);
  });

  it.each([
    ["QM_KILL", "kill"],
    ["QM_HOLD", "hold"],
    ["QM_TOP", "top"],
    ["QM_READY", "ready"],
    ["QM_REASSIGN", "reassign"],
  ])("are known by their names: %s", (name, request) => {
    fs.writeFileSync(path.join(job, name), "");
    expect(readRequests(job)).toEqual({ ...NO_REQUESTS, [request]: true });
  });

  it.each(["qm_hold", "QM_Hold", "QM_HOLD.txt", "QM_HOLD.TXT", "qm_hold.txt", "Qm_HoLd.TxT"])(
    "are known in any case of letters, and with the ending that Windows hides: %s",
    (name) => {
      fs.writeFileSync(path.join(job, name), "x".repeat(4096));
      expect(readRequests(job)).toEqual({ ...NO_REQUESTS, hold: true });
      removeRequest(job, "QM_HOLD");
      expect(namesIn(job)).toEqual([]);
    },
  );

  it.each(
    [
      [
        "qm_top.pdb",
        "QM_TOP.txt.txt",
        "QM_TOP.tx",
        "QM_TOP.",
        "QM_TOP ",
        "my_QM_TOP",
        "QM_TOPS",
        "QM_TOP.md",
      ],
      ["QM_status.txt", "QM_KILL.log", "kill", "hold.txt", "qm-kill", PAUSE_REQUEST, "QM_K\u0131LL"],
    ].flat(),
  )("are not files of other names, which stay: %j", (name) => {
    fs.writeFileSync(path.join(job, name), "");
    expect(readRequests(job)).toEqual(NO_REQUESTS);
    for (const request of Object.values(JOB_REQUESTS)) removeRequest(job, request);
    expect(namesIn(job)).toEqual([name]);
  });

  it.each([
    ["a file of more than 4 KB", () => fs.writeFileSync(path.join(job, "QM_TOP"), "x".repeat(4097))],
    ["a folder", () => fs.mkdirSync(path.join(job, "qm_top"))],
    ["a file further down", () => fill(job, { "in/QM_TOP": "" })],
  ])("are not what is the job's own, which stays: %s", (_, make) => {
    make();
    const before = namesIn(job);
    expect(readRequests(job)).toEqual(NO_REQUESTS);
    removeRequest(job, "QM_TOP");
    expect(namesIn(job)).toEqual(before);
  });

  it("may be several", () => {
    for (const name of [JOB_REQUESTS.hold, JOB_REQUESTS.top]) makeRequest(job, name, "ann");
    expect(readRequests(job)).toEqual({ ...NO_REQUESTS, hold: true, top: true });
  });

  it("may be a link that leads nowhere", () => {
    fs.symlinkSync("nowhere", path.join(job, "QM_HOLD"));
    expect(readRequests(job)).toEqual({ ...NO_REQUESTS, hold: true });
  });

  it("are found by this program's own names where a folder may be entered and not listed", () => {
    makeRequest(job, "QM_KILL", "ann");
    fs.chmodSync(job, 0o111);
    expect(asOrdinaryUser(() => readRequests(job))).toEqual({ ...NO_REQUESTS, kill: true });
  });

  it("are none that can be seen where the manager may not look, and that is no failure", () => {
    makeRequest(job, "QM_KILL", "ann");
    fs.chmodSync(job, 0);
    expect(asOrdinaryUser(() => readRequests(job))).toEqual(NO_REQUESTS);
  });

  it("hold a job while the disk does not tell, and pause the queue", () => {
    const trouble = Object.assign(new Error("EIO"), { code: "EIO" });
    vi.spyOn(fs, "readdirSync").mockImplementation(() => {
      throw trouble;
    });
    expect(readRequests(job)).toEqual({ ...NO_REQUESTS, hold: true });
    expect(isPaused(job)).toBe(true);
    vi.restoreAllMocks();
    expect(isPaused(job)).toBe(false);
  });
});

describe("the request to pause", () => {
  it.each(["QM_PAUSE", "qm_pause", "QM_Pause.txt"])(
    "counts in any spelling, and is taken away: %s",
    (name) => {
      expect(isPaused(job)).toBe(false);
      fs.writeFileSync(path.join(job, name), "");
      fs.writeFileSync(path.join(job, "qm_pause.pdb"), "");
      expect(isPaused(job)).toBe(true);
      removeRequest(job, PAUSE_REQUEST);
      expect(namesIn(job)).toEqual(["qm_pause.pdb"]);
    },
  );
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

  it("goes beside what is the job's own, and leaves that alone", () => {
    fs.mkdirSync(kill);
    makeRequest(job, "QM_KILL", "ann");
    expect(readRequests(job).kill).toBe(true);
    expect(requestedBy(job, "QM_KILL")).toBe("ann");
    removeRequest(job, "QM_KILL");
    expect(namesIn(job)).toEqual(["QM_KILL"]);
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
  it("is gone in all its spellings, and no other with it", () => {
    for (const name of ["QM_TOP", "qm_top", "Qm_Top.Txt", "QM_HOLD"])
      fs.writeFileSync(path.join(job, name), "");
    removeRequest(job, "QM_TOP");
    expect(namesIn(job)).toEqual(["QM_HOLD"]);
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
    ["a long text", () => fs.writeFileSync(kill, "x".repeat(4000))],
    ["a link", () => fs.symlinkSync("/etc/hostname", kill)],
    ["a FIFO", () => makeFifo(kill)],
  ])("is told by the owner's name where it is %s", (_, make) => {
    make();
    expect(requestedBy(job, "QM_KILL")).toBe(`the file QM_KILL (${os.userInfo().username})`);
  });

  it.each([
    ["a UTF-8 mark", "\u{FEFF}Zoë\r\n", "utf8", "Zoë"],
    ["UTF-16, as Notepad's Unicode", "\u{FEFF}Ada\r\n", "utf16le", "Ada"],
    ["UTF-16 in the other order", "\u{FEFF}Ada\n", "utf16be", "Ada"],
  ] as const)("is read behind %s", (_, text, encoding, by) => {
    const encoded = (what: string) =>
      encoding === "utf16be" ? Buffer.from(what, "utf16le").swap16() : Buffer.from(what, encoding);
    fs.writeFileSync(kill, encoded(text));
    expect(requestedBy(job, "QM_KILL")).toBe(by);
    fs.writeFileSync(kill, encoded("\u{FEFF} \r\n"));
    expect(requestedBy(job, "QM_KILL")).toBe(`the file QM_KILL (${os.userInfo().username})`);
  });

  it("is told by the original's owner where the file was copied in with the job, not where it came later", () => {
    fs.writeFileSync(kill, "");
    fs.utimesSync(kill, 1, 1);
    writeOrigin(job, { version: 1, name: "job", aside: ".qm-original-job", uid: 3_999_004 });
    expect(requestedBy(job, "QM_KILL")).toBe("the file QM_KILL (user id 3999004)");
    const later = Date.now() / 1000 + 60;
    fs.utimesSync(kill, later, later);
    expect(requestedBy(job, "QM_KILL")).toBe(`the file QM_KILL (${os.userInfo().username})`);
  });

  it.runIf(rootOrSkip())("is told by the owner's number where that has no name", () => {
    fs.writeFileSync(kill, "");
    fs.chownSync(kill, 3_999_004, 3_999_004);
    expect(requestedBy(job, "QM_KILL")).toBe("the file QM_KILL (user id 3999004)");
  });

  it("is told by the first of several that tells it", () => {
    fs.writeFileSync(kill, "");
    fs.writeFileSync(path.join(job, "qm_kill.txt"), "ann\n");
    expect(requestedBy(job, "QM_KILL")).toBe("ann");
    fs.rmSync(kill);
    fs.writeFileSync(path.join(job, "qm_kill.txt"), "");
    expect(requestedBy(job, "QM_KILL")).toBe(`the file qm_kill.txt (${os.userInfo().username})`);
  });

  it("is not known once it is gone", () => {
    expect(requestedBy(job, "QM_KILL")).toBe("somebody");
  });
});
