import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readJobInfo, readPerson } from "../../../src/queue/intake/info-file.ts";
import { describeProblem } from "../../../src/text/problem.ts";
import {
  asOrdinaryUser,
  fill,
  giveToOrdinaryUser,
  makeFifo,
  rootOrSkip,
  scratchFolder,
} from "../../support/scratch.ts";

const USUAL = ["proc_config.cfg", "infos.xml", "job.json", "job.sh"];
const CFG = "[QMOptions]\nscript : ./run.sh a b\nnb_proc : 3\ne_mail : ann@lab.org\n";

let job = "";

beforeEach(() => {
  job = scratchFolder();
});

function rules(jobFiles: readonly string[]) {
  return { jobFiles, qmFolder: job };
}

function problems(names: readonly string[] = USUAL): string[] {
  const checked = readJobInfo(job, rules(names));
  return checked.kind === "ok" ? [] : checked.problems.map(describeProblem);
}

describe("an info file", () => {
  it.each([
    ["proc_config.cfg", CFG],
    [
      "infos.xml",
      '<job><script value="./run.sh a b"/><nb_proc>3</nb_proc><e_mail value="ann@lab.org"/></job>',
    ],
    ["job.json", '{"script": "./run.sh a b", "nb_proc": 3, "e_mail": "ann@lab.org"}'],
  ])("may be of any format: %s", (name, text) => {
    fill(job, { [name]: text });
    expect(readJobInfo(job, rules(USUAL))).toEqual({
      kind: "ok",
      value: {
        infoFile: name,
        script: "./run.sh a b",
        processors: 3,
        mailTo: ["ann@lab.org"],
        description: "",
        priority: 0,
      },
    });
  });

  it("may be the script itself, with its options in comments", () => {
    fill(job, { "job.sh": "#!/bin/sh\n#QM nb_proc=2\necho hi\n" });
    const checked = readJobInfo(job, rules(USUAL));
    expect(checked).toMatchObject({ kind: "ok", value: { infoFile: "job.sh", processors: 2 } });
  });

  it.each([
    ["in other letters", { "Proc_Config.CFG": CFG }, "Proc_Config.CFG", "should be called proc_config.cfg"],
    ["with - for _", { "proc-config.cfg": CFG }, "proc-config.cfg", "should be called proc_config.cfg"],
    ["with a blank", { "Proc Config.cfg": CFG }, "Proc Config.cfg", "should be called proc_config.cfg"],
    [
      "with another ending",
      { "proc_config.ini": CFG },
      "proc_config.ini",
      "should be called proc_config.cfg",
    ],
    ["a letter away", { "info.xml": "<a/>" }, "info.xml", "should be called infos.xml"],
    ["with two letters swapped", { "jbo.json": "{}" }, "jbo.json", "should be called job.json"],
    ["as a copy", { "job - Copy (2).sh": "ls" }, "job - Copy (2).sh", "should be called job.sh"],
    ["as a download", { "infos(1).xml": "<a/>" }, "infos(1).xml", "should be called infos.xml"],
    ["by the name of another", { "job.cfg": CFG }, "job.cfg", "should be called proc_config.cfg"],
    ["with a hidden ending", { "job.json.txt": "{}" }, "job.json.txt", "should be called job.json"],
    [
      "one folder too deep",
      { "a/b/job.sh": "x", "my job/proc_config.cfg": CFG },
      "my job/proc_config.cfg",
      'lies one folder too deep; copy the folder "my job" itself',
    ],
  ])("that lies there %s is named, with what to do", (_, files, file, right) => {
    fill(job, files);
    expect(problems()).toHaveLength(1);
    expect(problems()[0]).toContain(`${file}: `);
    expect(problems()[0]).toContain(right);
  });

  it("is the first one present, in the order of job_file", () => {
    fill(job, { "proc_config.cfg": CFG, "job.json": '{"script": "true"}' });
    expect(readJobInfo(job, rules(USUAL))).toMatchObject({ value: { infoFile: "proc_config.cfg" } });
    expect(readJobInfo(job, rules(["none.cfg", "job.json", "proc_config.cfg"]))).toMatchObject({
      value: { infoFile: "job.json" },
    });
  });

  it("is the first one present though another would be right", () => {
    fill(job, { "proc_config.cfg": "[QMOptions]\n", "job.json": '{"script": "true"}' });
    expect(problems()).toEqual([expect.stringMatching(/^proc_config\.cfg, script: is missing/)]);
  });

  it("is told with everything that is wrong with it at once", () => {
    fill(job, { "proc_config.cfg": "[QMOptions]\nnb_proc : two\npriority : high\n" });
    expect(problems().map((problem) => problem.split(":")[0])).toEqual(
      expect.arrayContaining([
        "proc_config.cfg, line 2, nb_proc",
        "proc_config.cfg, line 3, priority",
        "proc_config.cfg, script",
      ]),
    );
  });

  it.each([
    [
      "proc_config.cfg",
      "[QMOptions]\nscirpt : ls\n",
      "script: is missing; line 2: scirpt: did you mean script?",
    ],
    [
      "infos.xml",
      "<job>\n <Scirpt>ls</Scirpt>\n</job>",
      "script: is missing; line 2: scirpt: did you mean script?",
    ],
    ["job.json", '{\n "scirpt": ["ls"]\n}', "script: is missing; line 2: scirpt: did you mean script?"],
    ["proc_config.cfg", "\n[QMOption]\nscript : ls\n", "line 2: [QMOption]: did you mean [QMOptions]?"],
    [
      "proc_config.cfg",
      "script : ls\n",
      'line 1: "script : ls" stands before any section; should come after a [QMOptions] line',
    ],
    ["proc_config.cfg", "[QMOptions]\nScript=ls %(nope)s\n", 'line 2, Script: refers to "nope"'],
    ["infos.xml", '<a>\n<script values="ls"/></a>', "line 2, script: is empty; values: did you mean value?"],
    ["proc_config.cfg", "[QMOptions]\nscript:ls\nnb_proc : 4 ; four\n", 'line 3, nb_proc: is "4 ; four"'],
  ])("is asked what was meant by a slip: %s %j", (name, text, question) => {
    fill(job, { [name]: text });
    expect(problems()).toEqual([expect.stringContaining(question)]);
  });

  it.each([
    ["proc_config.cfg", "[QMOptions]\nscript : ls\ntme_limit : %(x)s\nsize2 : 7\n", 3],
    ["infos.xml", "<infos><script>ls</script>\n<infos/><tme_limit><a/></tme_limit></infos>", 2],
    ["job.json", '{"script": "ls", "name": "x",\n"tme_limit": {"a": 1}}', 2],
    ["job.sh", "#!/bin/sh\n#QM size2=7\n#QM --tme_limit 5\nls\n", 3],
  ])("runs with a slip in another key, and is warned: %s %j", (name, text, line) => {
    fill(job, { [name]: text });
    const warning = `${name}, line ${line}: tme_limit: did you mean time_limit? As it stands it is a key of your own`;
    expect(readJobInfo(job, rules(USUAL))).toMatchObject({ value: { warnings: [warning] } });
  });

  it.each([
    ["proc_config.cfg", "[QMOptions]\nscript : ls\ne_mail : ann@lab\n  %(x)s\n"],
    ["infos.xml", "<job><script>ls</script><e_mail><a/></e_mail></job>"],
    ["job.json", '{"script": "ls", "e_mail": {"a": 1}}'],
    ["job.sh", "#QM e_mail=ann\nls\n"],
  ])("runs with a fault in e_mail, and is warned: %s %j", (name, text) => {
    fill(job, { [name]: text });
    expect(readJobInfo(job, rules(USUAL))).toMatchObject({
      value: { mailTo: [], warnings: [expect.stringContaining("e_mail: ")] },
    });
  });

  it.each<[string, string, string, readonly string[]]>([
    [
      "a reference that leads nowhere",
      "proc_config.cfg",
      "[QMOptions]\nscript : %(x)s\nnb_proc : two\ne_mail : ann, %(y)s\n",
      ["line 2, script", "line 3, nb_proc", "line 4, e_mail"],
    ],
    [
      "a key given twice, and a line that is nothing",
      "proc_config.cfg",
      "[QMOptions]\nscript : a\nscript : b\nnonsense\npriority : high\ntime_limit : %(x)s\n",
      ["line 3", "line 4", "line 5, priority", "line 6, time_limit"],
    ],
    [
      "an element given twice",
      "infos.xml",
      '<job>\n<script value="a"/>\n<nb_proc>-1</nb_proc>\n<nb_proc>0</nb_proc>\n<size><x/></size>\n<priority>x</priority></job>',
      ["line 3, nb_proc", "line 4, nb_proc", "line 5, size", "line 6, priority"],
    ],
    [
      "values of wrong types",
      "job.json",
      '{"script": ["a"],\n"nb_proc": -1,\n"priority": 1e300,\n"time_limit": {"a": 1}}',
      ["line 1, script", "line 2, nb_proc", "line 3, priority", "line 4, time_limit"],
    ],
    ["no script either", "job.json", '{"nb_proc": false}', ["script", "line 1, nb_proc"]],
    [
      "a line that is no option",
      "job.sh",
      "#!/bin/sh\n#QM script=a\n#QM nonsense here\n#QM nb_proc=0\n",
      ["line 2, script", "line 3", "line 4, nb_proc"],
    ],
  ])("is told with wrong values beside %s", (_, name, text, places) => {
    fill(job, { [name]: text });
    expect(problems().map((problem) => problem.split(":")[0])).toEqual(
      places.map((place) => `${name}, ${place}`),
    );
  });

  it("is not said to lack the script that may stand in a line that cannot be read", () => {
    fill(job, { "proc_config.cfg": "[QMOptions]\nscript ./run\nnb_proc : 0\n" });
    expect(problems()).toEqual([
      expect.stringMatching(/line 2: "script .\/run" is neither/),
      expect.stringMatching(/line 3, nb_proc: is "0"/),
    ]);
  });

  it("is told with its first problems, and the number of the others", () => {
    fill(job, { "proc_config.cfg": `[QMOptions]\nnb_proc : 0\n${"junk\n".repeat(1000)}` });
    expect(problems()).toHaveLength(21);
    expect(problems()[0]).toContain("line 2, nb_proc");
    expect(problems()[20]).toBe("proc_config.cfg: has 981 more problems; mend the first ones and try again");
  });

  it("may have 256 KB and not a byte more", () => {
    const padded = (bytes: number) => CFG + "#".repeat(bytes - CFG.length);
    fill(job, { "proc_config.cfg": padded(256 * 1024) });
    expect(problems()).toEqual([]);
    fill(job, { "proc_config.cfg": padded(256 * 1024 + 1) });
    expect(problems()).toEqual([
      "proc_config.cfg: it is 262145 bytes long, more than the 262144 allowed; an info file is a regular text file of at most 256 KB",
    ]);
  });
});

describe("who can be told that a job is refused", () => {
  it("is whom the info file names, whatever else is wrong with it", () => {
    fill(job, { "proc_config.cfg": "[QMOptions]\nnb_proc : two\ne_mail : ann@lab.org, bob@lab.org\n" });
    expect(readPerson(job, USUAL).mailTo).toEqual(["ann@lab.org", "bob@lab.org"]);
    fill(job, { "proc_config.cfg": "[QMOptions]\nnonsense\ne_mail : ann@lab.org\n" });
    expect(readPerson(job, USUAL).mailTo).toEqual(["ann@lab.org"]);
  });

  it.each<[string, Record<string, string>]>([
    ["there is no info file", {}],
    ["it cannot be read as what its name says", { "job.json": '{"e_mail": "ann@lab.org"' }],
    ["the address is none", { "job.json": '{"e_mail": "ann"}' }],
  ])("is nobody where %s", (_, files) => {
    fill(job, files);
    expect(readPerson(job, USUAL).mailTo).toEqual([]);
  });
});

describe("a folder without an info file that can be read", () => {
  it("is told which names were looked for", () => {
    fill(job, { "Proc_Config.txt": CFG });
    expect(problems()).toEqual([
      "proc_config.cfg or infos.xml or job.json or job.sh: there is no info file in the folder; put one in that says at least which script to run, and copy the folder again",
    ]);
  });

  it.each([
    ["a FIFO, without waiting for a writer", (file: string) => makeFifo(file), "it is a FIFO"],
    ["a link, even to a right one", (file: string) => fs.symlinkSync("right.cfg", file), "it is a link"],
    ["a link that leads nowhere", (file: string) => fs.symlinkSync("nowhere", file), "it is a link"],
    ["a folder", (file: string) => fs.mkdirSync(file), "it is a folder"],
  ])("is refused, and no other name is looked for, where it is %s", (_, make, wrong) => {
    fill(job, { "right.cfg": CFG, "job.json": '{"script": "true"}' });
    make(path.join(job, "proc_config.cfg"));
    expect(problems()).toEqual([
      `proc_config.cfg: ${wrong}, not a regular file; an info file is a regular text file of at most 256 KB`,
    ]);
  });

  it.runIf(rootOrSkip())("is refused where it is a second name of another owner's file", () => {
    const secret = path.join(scratchFolder(), "secret.cfg");
    fs.writeFileSync(secret, CFG);
    fs.linkSync(secret, path.join(job, "proc_config.cfg"));
    expect(problems()).toEqual([]);
    giveToOrdinaryUser(job);
    expect(problems().join()).toContain("it is a second name (hard link) of another owner's file");
  });

  it("is refused where the manager may not read it", () => {
    fill(job, { "proc_config.cfg": CFG });
    fs.chmodSync(path.join(job, "proc_config.cfg"), 0);
    expect(asOrdinaryUser(() => problems())).toEqual([
      "proc_config.cfg: it cannot be read (EACCES); the manager's user must be able to read it, as after `chmod a+r`",
    ]);
  });
});

it("is warned of attributes that nearly say value, where an element is empty for that", () => {
  fill(job, {
    "infos.xml": '<a><script value="ls" valu="x"/>\n<nb_proc Values="4"/><size vale="1">2</size></a>',
  });
  expect(readJobInfo(job, rules(USUAL))).toMatchObject({
    value: {
      size: "2",
      warnings: ["infos.xml, line 2, nb_proc: Values: did you mean value? As it stands the element is empty"],
    },
  });
});

describe("an indented line", () => {
  const warningsOf = (lines: string) => {
    fill(job, { "proc_config.cfg": `[QMOptions]\nscript : ${lines}\n` });
    const checked = readJobInfo(job, rules(USUAL));
    return checked.kind === "ok" ? (checked.value.warnings ?? []) : checked.problems.map(describeProblem);
  };

  it("with a known key is warned of, as it belongs to the option above", () => {
    expect(
      warningsOf("echo x\n  # more\n  nb_proc : 2\n\te-mail: b@lab.org\n priority = 3\n  time_limit=5"),
    ).toEqual([
      "proc_config.cfg, line 4: begins with blanks, so that it belongs to script; remove the blanks to set nb_proc",
      "proc_config.cfg, line 5: begins with blanks, so that it belongs to script; remove the blanks to set e_mail",
      "proc_config.cfg, line 6: begins with blanks, so that it belongs to script; remove the blanks to set priority",
      "proc_config.cfg, line 7: begins with blanks, so that it belongs to script; remove the blanks to set time_limit",
    ]);
    expect(warningsOf("ls\ninfo : a run\n  Size : 3 nm\n  Mail_On : all")).toEqual([
      expect.stringMatching(/line 5: .* belongs to info; remove the blanks to set mail_on$/),
    ]);
  });

  it.each([
    ["a variable that is used", "echo x\n  size=3\n  ./go $size"],
    ["a variable of one command", "echo x\n  size=3 ./go"],
    ["a value that is computed", "echo x\n  info=$(cat a b)"],
    ["an argument", "./go \\\n  size=3 \\\n  nb_proc=4"],
    ["a here-document", "cat > a.yaml <<E\n  size: 3\n  E"],
    ["a text in quotes", "echo 'one\n  size: 3\n  two'"],
    ["a key of the user's own", "echo x\n  colour : red\n  echo size : 3"],
  ])("is none where it is %s", (_, lines) => expect(warningsOf(lines)).toEqual([]));
});

describe("a script that no shell runs as it is meant", () => {
  const warningsOf = () => {
    const checked = readJobInfo(job, rules(USUAL));
    return checked.kind === "ok" ? (checked.value.warnings ?? []) : checked.problems.map(describeProblem);
  };
  const run = (script: string) => `[QMOptions]\nscript : ${script}\n`;

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "a mark before #!",
      { "job.sh": "\ufeff#!/bin/bash\nsource x\n" },
      /^job\.sh: begins with a byte-order mark, so that its #! line is not seen; save it as UTF-8 without one$/,
    ],
    [
      "a mark before #! of another program",
      { "proc_config.cfg": run("./go 1"), go: "\ufeff#!/usr/bin/python3\n" },
      /^go: begins with a byte-order mark, so that/,
    ],
    [
      "a mark before a command",
      { "infos.xml": "<a><script>sh run.sh</script></a>", "run.sh": "\ufeffls\n" },
      /^run\.sh: begins with a byte-order mark, which a shell/,
    ],
    [
      "line ends of Windows",
      { "job.json": '{"script": "run.sh"}', "run.sh": "#!/bin/bash\r\nls\n" },
      /^run\.sh: has the line ends of Windows, with which a shell finds no command; save it/,
    ],
  ])("is warned of: %s", (_, files, warning) => {
    fill(job, files);
    expect(warningsOf()).toEqual([expect.stringMatching(warning)]);
  });

  it.each<[string, Record<string, string>]>([
    ["a mark in another language", { "proc_config.cfg": run("run.py"), "run.py": "\ufeff#!python\r\n" }],
    ["a mark inside", { "job.sh": "#!/bin/sh\nprintf '\ufeff'\n" }],
    ["Python in a job.sh", { "job.sh": "#!/usr/bin/env python3\r\nprint()\r\n" }],
    ["bash for bash", { "proc_config.cfg": run("bash -c 'source x; [[ 1 ]]'") }],
  ])("is not seen in %s", (_, files) => {
    fill(job, files);
    expect(warningsOf()).toEqual([]);
  });

  const isShBash = path.basename(fs.realpathSync("/bin/sh")) === "bash";
  it.skipIf(isShBash).each<[string, Record<string, string>, string]>([
    [
      "source of a file",
      { "proc_config.cfg": run("source env.sh; ./go") },
      "proc_config.cfg, line 2, script: source is bash, and is run by sh, which has none here; write \". ./env.sh\" instead, or run the line by bash -c '…'",
    ],
    [
      "source with a path",
      { "infos.xml": "<a><script>cd x &amp;&amp; source ~/env/bin/activate</script></a>" },
      "infos.xml, line 1, script: source is bash, and is run by sh, which has none here; write \". ~/env/bin/activate\" instead, or run the line by bash -c '…'",
    ],
    [
      "source with arguments, and more",
      { "job.json": '{"script": "source activate lab && [[ -f x ]]"}' },
      "job.json, line 1, script: source is bash (as is [[), and is run by sh, which has none here; run the line by bash -c '…'",
    ],
    [
      "a script",
      { "job.sh": "#!/bin/sh\n#QM nb_proc=1\nfiles=(a b)\nsource x\n" },
      "job.sh, line 3: an array is bash (as is source), and is run by sh, which has none here; begin the script with #!/bin/bash",
    ],
  ])("is warned of words of bash in it: %s", (_, files, warning) => {
    fill(job, files);
    expect(warningsOf()).toEqual([warning]);
  });
});
