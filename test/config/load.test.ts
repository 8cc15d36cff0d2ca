import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reasonForProcessors } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { ALL_KEYS } from "../../src/config/schema.ts";
import { cpuQuota } from "../../src/disk/cpu-quota.ts";
import { scratchFolder } from "../support/scratch.ts";
import { folderWith, loaded, MACHINE, problemsOf, told } from "./config-fixture.ts";

describe("loadConfig", () => {
  it("says of every value where it comes from", () => {
    const { settings, file } = loaded("# mine\n[QMServer]\n\nMaxNbProcessors : 2\n");
    const origins = new Map(settings.map((setting) => [setting.key, setting]));
    expect(origins.get("MaxNbProcessors")).toMatchObject({
      section: "QMServer",
      value: "2",
      origin: { kind: "file", file, line: 4 },
    });
    expect(origins.get("launch_type")).toMatchObject({ value: "non-blocking", origin: { kind: "default" } });
    expect(settings.every(({ doc }) => /^[A-Z].*\.$/.test(doc))).toBe(true);
  });

  it("takes an empty value for the default", () => {
    const { config, settings } = loaded("[QMServer]\nMaxNbProcessors =\nQM_FOLDER :\n");
    expect(config.maxProcessors).toBe(4);
    expect(settings[0]).toMatchObject({ key: "QM_FOLDER", origin: { kind: "default" } });
  });

  it("matches sections and keys in any case", () => {
    const { config, warnings } = loaded("[qmserver]\nMAXNBPROCESSORS = 2\n[Web_QMServer]\nthe_port = 9000\n");
    expect([config.maxProcessors, config.web.port, warnings]).toEqual([2, 9000, []]);
  });

  it("keeps the two Debug keys apart", () => {
    const { config } = loaded("[QMServer]\nDebug = True\n[WEB_QMserver]\nDebug = False\n");
    expect([config.debug, config.web.debug]).toEqual([true, false]);
  });

  it("reads a file that Windows has saved as Unicode", () => {
    const { config } = loaded(Buffer.from("\ufeff[QMServer]\r\nQM_FOLDER = /srv/Prüfung\r\n", "utf16le"));
    expect(config.qmFolder).toBe("/srv/Prüfung");
  });

  it("reads a file with byte-order mark and CRLF", () => {
    const { config, settings } = loaded("\ufeff[QMServer]\r\nQM_FOLDER = /srv/q m\r\nOn_Lost = requeue\r\n");
    expect([config.qmFolder, config.onLost]).toEqual(["/srv/q m", "requeue"]);
    expect(settings[0]?.origin).toMatchObject({ line: 2 });
  });

  it("counts relative paths from the file's folder, not from the current one", () => {
    const folder = folderWith("[QMServer]\nQM_FOLDER = ../queue\n[Mail]\nSmtp_Password_File = pw\n");
    const result = loadConfig({ ...MACHINE, cwd: "/", explicit: path.join(folder, "QMserv.cfg") });
    expect(result).toMatchObject({
      value: {
        config: {
          qmFolder: path.join(path.dirname(folder), "queue"),
          mail: { smtpPasswordFile: path.join(folder, "pw") },
        },
      },
    });
  });

  it("expands ~ to the home folder and shows the path it stands for", () => {
    expect(loaded("[QMServer]\nQM_FOLDER = ~/queue\n").settings[0]?.value).toBe("/home/ada/queue");
    expect(loaded("[QMServer]\nQM_FOLDER = ~\n").config.qmFolder).toBe("/home/ada");
    expect(loaded("[QMServer]\nQM_FOLDER = /srv/~\n").config.qmFolder).toBe("/srv/~");
  });

  it("refuses a path that begins with a variable, and takes one that has a dollar sign in it", () => {
    for (const text of ["$HOME/QM", "\x24{HOME}/QM", "%USERPROFILE%/QM"])
      expect(told(problemsOf(`[QMServer]\nQM_FOLDER = ${text}\n`))[0]).toContain(
        `QM_FOLDER: is "${text}"; should be written out, as variables are not filled in`,
      );
    expect(loaded("[QMServer]\nQM_FOLDER = /srv/a$b\n").config.qmFolder).toBe("/srv/a$b");
  });

  it("fills in references of the file and of [DEFAULT]", () => {
    const { config, warnings } = loaded("[DEFAULT]\nbase = /srv\n[QMServer]\nQM_FOLDER = %(base)s/qm\n");
    expect(config.qmFolder).toBe("/srv/qm");
    expect(warnings).toEqual([]);
  });

  it("tells a wrong value beside a line that cannot be read", () => {
    const text =
      "[QMServer]\nDebug = perhaps\nnonsense\nMaxNbProcessors = two\nMailActive = True\n[Mail]\nSmtp\n";
    expect(told(problemsOf(text)).map((line) => line.split(":")[0])).toEqual([
      "QMserv.cfg, line 2, Debug",
      "QMserv.cfg, line 3",
      "QMserv.cfg, line 4, MaxNbProcessors",
      "QMserv.cfg, line 7",
    ]);
  });

  it("names the line that is not UTF-8", () => {
    const text = Buffer.from("[QMServer]\n# d\xe9j\xe0\n", "latin1");
    expect(told(problemsOf(text))[0]).toMatch(
      /^QMserv\.cfg, line 2: is not UTF-8: .*; should be saved as UTF-8$/,
    );
  });

  it("tells all problems at once, in the file's order", () => {
    const text = `[Mail]
Smtp_Port = many
[QMServer]
MaxNbProcessors = two
QM_FOLDER = %(nowhere)s/qm
[JobEnvironment]
2FAST = 1
`;
    expect(told(problemsOf(text))).toEqual([
      'QMserv.cfg, line 2, Smtp_Port: is "many"; should be a whole number from 1 to 65535',
      'QMserv.cfg, line 4, MaxNbProcessors: is "two"; should be a whole number from 1 up',
      expect.stringContaining('QMserv.cfg, line 5, QM_FOLDER: refers to "nowhere"'),
      "QMserv.cfg, line 7, 2FAST: is not a variable's name; should be letters, digits and `_`, beginning with a letter or `_`",
    ]);
  });

  it("tells what is ignored beside what is wrong, so that one look mends all", () => {
    const text = "[QMServer]\nMaxNbProcesors = 3\nOn_Lost = perhaps\n[Maill]\nSmtp = smtp://h\n";
    expect(told(problemsOf(text))).toEqual([
      "QMserv.cfg, line 2, MaxNbProcesors: is not a key of [QMServer] and is ignored; did you mean MaxNbProcessors?",
      'QMserv.cfg, line 3, On_Lost: is "perhaps"; should be keep or requeue',
      "QMserv.cfg, line 4, [Maill]: is not a section of the configuration and is ignored; did you mean [Mail]?",
    ]);
    const syntax = "[QMServer]\nOdd = 1\nnonsense\n[JobEnvironment]\nPATH = $NO_SUCH\n";
    expect(problemsOf(syntax).map(({ line }) => line)).toEqual([2, 3, 5]);
  });

  it("tells what is wrong in a file that is not UTF-8", () => {
    const text = Buffer.from("[QMServer]\n# d\xe9j\xe0\nDebug = perhaps\nOdd = 1\n", "latin1");
    expect(problemsOf(text).map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it("warns of a comment behind a value, which becomes part of it", () => {
    const { config, warnings } = loaded(
      "[QMServer]\nQM_FOLDER = /srv/qm ; our queue\n[JobEnvironment]\nMODE = fast # for now\nTITLE = Run #1\n" +
        "[Mail]\nPath_As = \\\\lab\\QM #the share\n",
    );
    expect(config.qmFolder).toBe("/srv/qm ; our queue");
    expect(told(warnings)).toEqual([
      'QMserv.cfg, line 2, QM_FOLDER: ends in "; our queue", which is part of the value; a comment should have a line of its own, as there is none behind a value',
      expect.stringMatching(/^QMserv.cfg, line 4, MODE: ends in "# for now"/),
      expect.stringMatching(/^QMserv.cfg, line 7, Path_As: ends in "#the share"/),
    ]);
    expect(told(problemsOf("[QMServer]\nMaxNbProcessors = 4 ; all but two\nDebug = True # noisy\n"))).toEqual(
      [
        'QMserv.cfg, line 2, MaxNbProcessors: is "4 ; all but two"; should be a whole number from 1 up; a comment should have a line of its own, as there is none behind a value',
        expect.stringMatching(/^QMserv.cfg, line 3, Debug: .*a comment should have a line of its own/),
      ],
    );
  });

  it("refuses mail without a mail server and says what to add", () => {
    expect(told(problemsOf("[QMServer]\nMailActive = True\n"))).toEqual([
      "QMserv.cfg, line 2, MailActive: is True, but no mail server is named; add `Smtp = smtp://server` or `Smtp_Host = server` to [Mail]",
    ]);
    expect(problemsOf("[QMServer]\nMailActive = True\n[Mail]\nSmtp_Host = mail\n")).toEqual([]);
    expect(problemsOf("[QMServer]\nMailActive = True\n[Mail]\nSmtp = mail\n")).toHaveLength(1);
  });

  it("tells of an indented key that became part of the value above", () => {
    expect(told(problemsOf("[QMServer]\nQM_FOLDER = /srv\n  Debug = True\n"))).toEqual([
      'QMserv.cfg, line 2, QM_FOLDER: is "/srv\\nDebug = True"; should be a path on one line, without quotes around it (`~/` stands for your home folder) (an indented line belongs to the value above it)',
    ]);
  });

  it("passes on what is wrong with the file's form", () => {
    expect(problemsOf("MaxNbProcessors = 2\n")).toMatchObject([{ line: 1 }]);
  });

  it.each([
    ["is not UTF-8", Buffer.from([0x23, 0xe9, 0x23])],
    ["more than the 1000000 allowed", "#".repeat(1_000_001)],
  ])("refuses a file that %s", (wrong, content) => {
    expect(problemsOf(content)).toMatchObject([{ wrong: expect.stringContaining(wrong) }]);
  });

  it("refuses a folder and a link that leads nowhere, follows one that leads to a file", () => {
    const cwd = scratchFolder();
    const file = path.join(cwd, "QMserv.cfg");
    fs.mkdirSync(file);
    expect(loadConfig({ ...MACHINE, cwd })).toMatchObject({
      problems: [{ file, wrong: "is a folder, not a regular file" }],
    });
    fs.rmdirSync(file);
    fs.symlinkSync("real.cfg", file);
    expect(loadConfig({ ...MACHINE, cwd })).toMatchObject({
      problems: [{ file, wrong: "leads to no file" }],
    });
    fs.writeFileSync(path.join(cwd, "real.cfg"), "[QMServer]\nLog_Keep = 3\n");
    expect(loadConfig({ ...MACHINE, cwd })).toMatchObject({
      kind: "ok",
      value: { file, config: { log: { keep: 3 } } },
    });
  });
});

it("loads or tells problems, whatever the values are", () => {
  const name = fc.constantFrom(...ALL_KEYS);
  const cwd = scratchFolder();
  fc.assert(
    fc.property(name, fc.string({ unit: "grapheme" }), (key, value) => {
      fs.writeFileSync(path.join(cwd, "QMserv.cfg"), `[${key.section}]\n${key.name} = ${value}\n`);
      const result = loadConfig({ ...MACHINE, cwd });
      return result.kind === "ok" || result.problems.length > 0;
    }),
  );
});

it.each([
  [0.25, 1],
  [1, 1],
  [1.5, 2],
  [3.99, 4],
])("lets jobs use by default what a CPU quota of %d allows, rounded up, and says so", (quota, processors) => {
  const request = { ...MACHINE, processors: 8, cpuQuota: quota };
  const result = loadConfig({ ...request, cwd: scratchFolder() });
  const because = `a CPU quota of ${quota} processor${quota === 1 ? "" : "s"}`;
  expect(result).toMatchObject({ value: { config: { maxProcessors: processors } } });
  if (result.kind === "ok") expect(reasonForProcessors(result.value)).toBe(because);
  const set = loadConfig({ ...request, cwd: folderWith("[QMServer]\nMaxNbProcessors = 6\n") });
  expect(set).toMatchObject({ value: { config: { maxProcessors: 6 } } });
  if (set.kind === "ok") expect(reasonForProcessors(set.value)).toBeUndefined();
});

it("has nothing to say of a CPU quota that allows more than there is", () => {
  const result = loadConfig({ ...MACHINE, cpuQuota: 64, cwd: scratchFolder() });
  expect(result).toMatchObject({ value: { config: { maxProcessors: 4 } } });
  if (result.kind === "ok") expect(reasonForProcessors(result.value)).toBeUndefined();
});

it("asks the machine for what the request leaves out", () => {
  const result = loadConfig({
    cwd: scratchFolder(),
    env: process.env["QM_CONFIG"] === undefined ? process.env : {},
  });
  const most = Math.min(
    os.availableParallelism(),
    Math.max(1, Math.ceil(cpuQuota() ?? Number.POSITIVE_INFINITY)),
  );
  expect(result).toMatchObject({ value: { config: { maxProcessors: most } } });
});
