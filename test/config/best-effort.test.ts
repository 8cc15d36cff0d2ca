import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BestEffort, loadBestEffort } from "../../src/config/best-effort.ts";
import { scratchFolder } from "../support/scratch.ts";
import { folderWith, MACHINE, told } from "./config-fixture.ts";

function salvaged(text: string | Buffer): BestEffort {
  return loadBestEffort({ ...MACHINE, cwd: folderWith(text) });
}

describe("a sound configuration", () => {
  it("is loaded as ever, without problems", () => {
    const { loaded, problems } = salvaged("[QMServer]\nQM_FOLDER = /srv/qm\n");
    expect([loaded.config.qmFolder, problems]).toEqual(["/srv/qm", []]);
    const none = loadBestEffort({ ...MACHINE, cwd: scratchFolder() });
    expect([none.loaded.file, none.problems]).toEqual([undefined, []]);
  });
});

describe("a faulty configuration", () => {
  it("gives the values that are good, defaults for the others, and all problems", () => {
    const { loaded, problems } = salvaged(
      "[QMServer]\nQM_FOLDER = /srv/qm\nMaxNbProcessors = two\nPoll_Interval = 7\n[WEB_QMserver]\nThe_Port = x\n",
    );
    expect(loaded.config).toMatchObject({ qmFolder: "/srv/qm", maxProcessors: 4, pollSeconds: 7 });
    expect(told(problems).map((line) => line.split(":")[0])).toEqual([
      "QMserv.cfg, line 3, MaxNbProcessors",
      "QMserv.cfg, line 6, The_Port",
    ]);
  });

  it.each([
    ["a line that is nothing", "[QMServer]\nQM_FOLDER = /srv/qm\nnonsense\nPoll_Interval = 7\n"],
    ["lines before any section", "a = 1\nb = 2\n[QMServer]\nQM_FOLDER = /srv/qm\nPoll_Interval = 7\n"],
    ["a key twice", "[QMServer]\nQM_FOLDER = /srv/qm\nQM_FOLDER = /tmp\nPoll_Interval = 7\n"],
    [
      "a faulty value of several lines",
      "[QMServer]\nQM_FOLDER = /srv/qm\nDebug = a\n  b\n\n  c\nPoll_Interval = 7\n",
    ],
    [
      "a reference that leads nowhere",
      "[QMServer]\nQM_FOLDER = /srv/qm\nWorker = %(x)s\nPoll_Interval = 7\n",
    ],
    ["a fault in [DEFAULT]", "[DEFAULT]\nDebug = a\n[QMServer]\nQM_FOLDER = /srv/qm\nPoll_Interval = 7\n"],
    ["mail without a server", "[QMServer]\nMailActive = True\nQM_FOLDER = /srv/qm\nPoll_Interval = 7\n"],
    [
      "a line that is not UTF-8",
      Buffer.from("[QMServer]\nQM_FOLDER = /srv/qm\nWorker = \xe9\nPoll_Interval = 7\n", "latin1"),
    ],
  ])("keeps the rest of it: %s", (_, text) => {
    const { loaded, problems } = salvaged(text);
    expect(loaded.config).toMatchObject({ qmFolder: "/srv/qm", pollSeconds: 7 });
    expect(problems.length).toBeGreaterThan(0);
  });

  it("whose QM_FOLDER cannot be read has the one beside the file", () => {
    const folder = folderWith("[QMServer]\nQM_FOLDER = 'quoted'\nPoll_Interval = 7\n");
    const { loaded } = loadBestEffort({ ...MACHINE, cwd: "/", explicit: path.join(folder, "QMserv.cfg") });
    expect(loaded.config).toMatchObject({ qmFolder: path.join(folder, "QM"), pollSeconds: 7 });
  });

  it("is all defaults where the file is gone, no file at all or too large", () => {
    const cwd = scratchFolder();
    const explicit = path.join(cwd, "lab/QMserv.cfg");
    const qmFolder = path.join(cwd, "lab/QM");
    const load = () => loadBestEffort({ ...MACHINE, cwd, explicit });
    expect(load()).toMatchObject({
      loaded: { config: { qmFolder } },
      problems: [{ file: explicit, wrong: "does not exist" }],
    });
    fs.mkdirSync(explicit, { recursive: true });
    expect(load()).toMatchObject({ loaded: { config: { qmFolder } }, problems: [{ file: explicit }] });
    fs.rmdirSync(explicit);
    fs.writeFileSync(explicit, "#".repeat(1_000_001));
    expect(load()).toMatchObject({ loaded: { config: { qmFolder } }, problems: [{ file: explicit }] });
  });

  it("comes to an end whatever is in it", () => {
    const cwd = scratchFolder();
    const line = fc.constantFrom(
      "[QMServer]",
      "[Mail]",
      "[",
      "x",
      "= 1",
      "Debug = x",
      "Debug = 1",
      "  more",
      "",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        fs.writeFileSync(path.join(cwd, "QMserv.cfg"), lines.join("\n"));
        return loadBestEffort({ ...MACHINE, cwd }).loaded.config.qmFolder === path.join(cwd, "QM");
      }),
    );
  });
});

describe("which queue is meant", () => {
  it.each([
    ["QM_FOLDER is read, and something else is wrong", "[QMServer]\nQM_FOLDER = /srv/qm\nDebug = a\n"],
    ["QM_FOLDER is read before a fault of syntax", "[QMServer]\nQM_FOLDER = /srv/qm\nnonsense\n"],
    ["the default is meant, and a value is wrong", "[QMServer]\nDebug = a\n"],
    ["only a comment names it", "[QMServer]\n#QM_FOLDER = /srv/qm\nDebug = a\n"],
    ["the file is sound", "[QMServer]\nQM_FOLDER = /srv/qm\n"],
    ["a key of another section stands twice", "[JobEnvironment]\nZZA = 1\nZZA = 2\n"],
    ["another key of its section stands twice", "[QMServer]\nDebug = True\nDebug = False\n"],
    ["another section has a stray line", "[QMServer]\nDebug = True\n[Mail]\nstray\n[JobEnvironment]\n= x\n"],
    ["an unknown section has a stray line", "[Extra]\nstray\n[QMServer]\nDebug = True\n"],
    ["another section stands twice", "[Mail]\n[QMServer]\n[mail]\nFrom = a@b\n"],
    ["its section stands twice, without it", "[QMServer]\n[Mail]\n[QMServer]\nDebug = True\n"],
    ["a key stands before any section", "Debug = True\n[QMServer]\n"],
    ["another value is not UTF-8", Buffer.from("[QMServer]\nWorker = \xe9\n# \xe9\n", "latin1")],
  ])("is known where %s", (_, text) => expect(salvaged(text).isQueueKnown).toBe(true));

  it.each([
    ["its section has no end", "[QMServer\nQM_FOLDER = /srv/Q\n"],
    ["its section has no end after another", "[WEB_QMserver]\n[QMServer\nQM_FOLDER = /srv/Q\n"],
    ["its line is broken", "[QMServer]\nQM_FOLDER /srv/Q\n"],
    ["its value is wrong", "[QMServer]\nQM_FOLDER = 'quoted'\n"],
    ["its value refers to nothing", "[QMServer]\nQM_FOLDER = %(base)s/QM\n"],
    ["it is given twice", "[QMServer]\nQM_FOLDER = /srv/a\nQM_FOLDER = /srv/b\n"],
    ["its section stands twice", "[QMServer]\nQM_FOLDER = /a\n[Mail]\n[qmserver]\nQM_FOLDER = /b\n"],
    ["it has become part of the value above", "[QMServer]\nDebug = no way\n  QM_FOLDER = /srv/Q\n"],
    ["it is not UTF-8", Buffer.from("[QMServer]\nQM_FOLDER = /srv/\xe9\n", "latin1")],
    ["the file was cut off before it", "[QMServer]\nMaxNbProc"],
    ["the file was cut off before its section", "[Mail]\nFrom = a@b\nSmt"],
    ["a line before any section is broken", "QM_FODLER /srv/Q\n[QMServer]\n"],
    ["a line in [DEFAULT] is broken", "[DEFAULT]\nQM FOLDER /srv/Q\n[Mail]\n"],
    ["a line of its misspelt section is broken", "[QMServr]\nfolder /srv/Q\n"],
    ["a line has lost its key", "[QMServer]\n= /srv/Q\n"],
    ["a line behind a broken header is broken", "[QMServer]\n[Mail\nfolder /srv/Q\n"],
    ["the file is too large", "#".repeat(1_000_001)],
  ])("is not known where %s", (_, text) => expect(salvaged(text).isQueueKnown).toBe(false));

  it("is not known where the named file is gone", () => {
    const cwd = scratchFolder();
    expect(loadBestEffort({ ...MACHINE, cwd, explicit: "gone.cfg" }).isQueueKnown).toBe(false);
  });
});
