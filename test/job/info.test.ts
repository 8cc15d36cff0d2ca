import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkInfo, personIn } from "../../src/job/info.ts";
import type { InfoField } from "../../src/job/info-check.ts";
import { INFO_KEYS, infoKey } from "../../src/job/info-key.ts";
import { ownerOf } from "../../src/job/job-info.ts";

const RUN: InfoField = { key: "script", value: "./run", line: 2 };

function check(fields: Readonly<Record<string, string>>) {
  const given = Object.entries(fields).map(([key, value], index) => ({ key, value, line: index + 3 }));
  return checkInfo([RUN, ...given], "job.cfg");
}

function infoOf(fields: Readonly<Record<string, string>>) {
  const checked = check(fields);
  return checked.kind === "ok" ? checked.value : checked.problems;
}

function problemsOf(fields: Readonly<Record<string, string>>) {
  const checked = check(fields);
  return checked.kind === "problems" ? checked.problems : [];
}

function addressesIn(value: string): readonly string[] {
  return personIn([{ key: "e_mail", value }], undefined).mailTo;
}

describe("infoKey", () => {
  it("knows the keys in any case, and e-mail for e_mail", () => {
    expect(["NB_Proc", "E-Mail", "e_mail", "script"].map(infoKey)).toEqual([
      "nb_proc",
      "e_mail",
      "e_mail",
      "script",
    ]);
  });

  it("leaves all others to the user", () => {
    expect(["nb-proc", "mine", "", "constructor", "__proto__"].map(infoKey)).toEqual(
      Array(5).fill(undefined),
    );
  });
});

describe("where a job may run", () => {
  it("is told by worker, pool and needs", () => {
    expect(
      infoOf({ worker: " lab2,Lab3, lab2,", pool: "night", needs: "gpu, cuda = 12, MEM >= 1.5T, cores<=4" }),
    ).toMatchObject({
      workers: ["lab2", "Lab3"],
      pool: "night",
      needs: ["gpu", "cuda=12", "MEM>=1.5T", "cores<=4"],
    });
  });

  it("is anywhere where they are empty or not there", () => {
    for (const info of [infoOf({ worker: "", pool: " ", needs: "" }), infoOf({})])
      expect(Object.keys(info)).toEqual(expect.not.arrayContaining(["workers", "pool", "needs"]));
  });

  it.each([
    ["worker", ",", "should be names of workers, separated by commas"],
    ["worker", "lab 2", "should be names of workers, separated by commas"],
    ["worker", "../lab2", "beginning with a letter or digit"],
    ["pool", "day, night", "should be the name of one pool"],
    ["needs", ";", "should be labels (gpu, cuda=12), cores>=16 or mem>=64G, separated by commas"],
    ["needs", "a gpu", "should be labels (gpu, cuda=12)"],
    ["needs", "gpu, cuda>=12", "only cores and mem can be compared"],
    ["needs", "mem>64G", "mem>=64G"],
    ["needs", "mem>=64", "mem with its unit, K, M, G or T"],
    ["needs", "mem>=64 GiB", "mem with its unit, K, M, G or T"],
    ["needs", "cores>=4.5", "cores as a whole number"],
    ["needs", "cuda=1=2", "should be labels"],
  ])("refuses %s = %j and says what is right", (key, value, right) => {
    expect(problemsOf({ [key]: value })).toMatchObject([
      { key, line: 3, wrong: `is "${value}"`, right: expect.stringContaining(right) },
    ]);
  });
});

describe("the logs of its own, and the group", () => {
  it.each(["out.txt", "logs/out.txt", "/tmp/out", "my process.log", "a/process.log", "ü b"])(
    "may be %s",
    (value) => {
      for (const key of ["outlog", "errlog"])
        expect(infoOf({ [key]: value })).toMatchObject({ [key]: value });
    },
  );

  it.each([
    "process.log",
    "./process.log",
    "process.1.log",
    ".qm/job.json",
    ".qm",
    "QM_KILL",
    "logs/",
    "a\tb",
  ])("may not be %j", (value) => {
    expect(problemsOf({ errlog: value })).toMatchObject([{ key: "errlog" }]);
  });

  it("is a word, or some", () => {
    expect(infoOf({ group: "night runs" })).toMatchObject({ group: "night runs" });
    expect(problemsOf({ group: "a,b" })).toMatchObject([{ key: "group" }]);
  });
});

describe("the owner", () => {
  const owner = (fields: Readonly<Record<string, string>>, folderUser?: string) => {
    const given = Object.entries(fields).map(([key, value]) => ({ key, value }));
    const checked = checkInfo([RUN, ...given], "job.cfg", { folderUser });
    return checked.kind === "ok" ? ownerOf(checked.value) : checked.problems;
  };

  it.each([
    ["who the file says", { owner: " Ada ", e_mail: "b@lab" }, "carl", "Ada"],
    ["else the first address", { e_mail: "b@lab, a@lab" }, "carl", "b@lab"],
    ["else the user of the folder", { e_mail: "" }, "carl", "carl"],
    ["else the user of the folder, also where the owner is empty", { owner: " " }, "carl", "carl"],
    ["else unknown", {}, undefined, "unknown"],
  ])("is %s", (_, fields, folderUser, expected) => {
    expect(owner(fields, folderUser)).toBe(expected);
  });

  it("stands on one line of at most 200 bytes", () => {
    expect(owner({ owner: "Ada\nBcc: x" })).toMatchObject([
      { key: "owner", right: "should be a name on one line" },
    ]);
    expect(owner({ owner: "é".repeat(101) })).toMatchObject([{ key: "owner", wrong: "has 202 bytes" }]);
  });

  it("of a refused job is told as far as it is right", () => {
    const fields = [
      { key: "owner", value: "Ada" },
      { key: "e_mail", value: "a@lab" },
      { key: "nb_proc", value: "two" },
    ];
    expect(personIn(fields, "carl")).toEqual({ owner: "Ada", mailTo: ["a@lab"] });
    expect(personIn(fields.slice(2), "carl")).toEqual({ owner: "carl", mailTo: [] });
  });
});

describe("checkInfo", () => {
  it("needs only a script, and fills in the defaults", () => {
    expect(infoOf({})).toEqual({
      infoFile: "job.cfg",
      script: "./run",
      processors: 1,
      mailTo: [],
      description: "",
      priority: 0,
    });
  });

  it("reads every key", () => {
    const fields = {
      nb_proc: "4",
      e_mail: "a@lab.org, b@lab",
      info: "a test\nin two lines",
      priority: "-3",
      size: "007",
      time_limit: "2h30m",
      mail_on: "start,fail",
      kill_grace: "0.5",
    };
    expect(infoOf(fields)).toEqual({
      infoFile: "job.cfg",
      script: "./run",
      processors: 4,
      mailTo: ["a@lab.org", "b@lab"],
      description: "a test\nin two lines",
      priority: -3,
      size: "007",
      timeLimitSeconds: 9_000,
      mailOn: ["fail", "start"],
      killGraceSeconds: 0.5,
    });
  });

  it("takes an empty value for none", () => {
    const empty = Object.fromEntries(INFO_KEYS.filter((key) => key !== "script").map((key) => [key, " \n"]));
    expect(infoOf(empty)).toEqual(infoOf({}));
  });

  it("ignores the user's own keys", () => {
    expect(infoOf({ mine: "two", "nb-proc": "two", constructor: "x" })).toEqual(infoOf({}));
  });

  it("takes the last of a key's values", () => {
    const twice = [RUN, { key: "nb_proc", value: "two" }, { key: "nb_proc", value: "2" }];
    expect(checkInfo(twice, "job.sh")).toMatchObject({ kind: "ok", value: { processors: 2 } });
  });

  it("reports everything that is wrong, each with file, line, key, the value and what is right", () => {
    expect(problemsOf({ nb_proc: "two", priority: "high", mine: "x", kill_grace: "-1" })).toEqual([
      {
        file: "job.cfg",
        line: 3,
        key: "nb_proc",
        wrong: 'is "two"',
        right: "should be a whole number from 1 to 100000",
      },
      {
        file: "job.cfg",
        line: 4,
        key: "priority",
        wrong: 'is "high"',
        right: "should be a whole number from -1000000 to 1000000",
      },
      {
        file: "job.cfg",
        line: 6,
        key: "kill_grace",
        wrong: 'is "-1"',
        right: "should be a number of seconds from 0 to 86400",
      },
    ]);
  });

  it("says whether the script is missing or empty", () => {
    const missing = checkInfo([], "job.cfg");
    expect(missing).toMatchObject({ problems: [{ key: "script", wrong: "is missing" }] });
    expect(missing.kind === "problems" && "line" in (missing.problems[0] ?? {})).toBe(false);
    const empty = checkInfo([{ key: "script", value: " ", line: 7 }], "job.cfg");
    expect(empty).toMatchObject({ problems: [{ key: "script", line: 7, wrong: "is empty" }] });
  });

  it("shows strange values on one line, shortened and escaped", () => {
    const [problem] = problemsOf({ nb_proc: `a\n\x1b[31m\u202e${"😀".repeat(100)}` });
    expect(problem?.wrong).toBe(`is "a\\n\\x1b[31m\\u202e${"😀".repeat(52)}…"`);
  });

  it.each<[string, string]>([
    ["nb_proc", "1"],
    ["nb_proc", " 007 "],
    ["nb_proc", "100000"],
    ["priority", "+5"],
    ["priority", "-1000000"],
    ["time_limit", "1"],
    ["time_limit", "None"],
    ["time_limit", "3650d"],
    ["mail_on", "END"],
    ["mail_on", "none"],
    ["mail_on", "all, end,"],
    ["kill_grace", "0"],
    ["kill_grace", "86400"],
    ["info", "é".repeat(8 * 1024)],
    ["size", "2000 x 3000"],
  ])("accepts %s = %j", (key, value) => {
    expect(problemsOf({ [key]: value })).toEqual([]);
  });

  it.each<[string, string]>([
    ["nb_proc", "0"],
    ["nb_proc", "-1"],
    ["nb_proc", "1.5"],
    ["nb_proc", "1e3"],
    ["nb_proc", "0x10"],
    ["nb_proc", "100001"],
    ["nb_proc", "9".repeat(400)],
    ["nb_proc", "٣"],
    ["nb_proc", "2 3"],
    ["priority", "1000001"],
    ["priority", "--1"],
    ["time_limit", "0"],
    ["time_limit", "-5"],
    ["time_limit", "0:00:00"],
    ["time_limit", "soon"],
    ["time_limit", "3651d"],
    ["mail_on", "none,end"],
    ["mail_on", "sometimes"],
    ["mail_on", ","],
    ["kill_grace", "86401"],
    ["kill_grace", "1e3"],
    ["kill_grace", "NaN"],
    ["info", "é".repeat(8 * 1024 + 1)],
    ["size", "x".repeat(1025)],
  ])("refuses %s = %j", (key, value) => {
    expect(problemsOf({ [key]: value })).toMatchObject([{ key, line: 3 }]);
  });

  it("refuses a script with a NUL, or one too long for a command line", () => {
    const problemOf = (value: string) => checkInfo([{ key: "script", value }], "job.json");
    expect(problemOf("a\0b")).toMatchObject({ problems: [{ key: "script", wrong: "has a NUL character" }] });
    expect(problemOf("x".repeat(65_537))).toMatchObject({ problems: [{ wrong: "has 65537 bytes" }] });
    expect(problemOf("x".repeat(65_536)).kind).toBe("ok");
  });

  it("keeps none as no time limit", () => {
    expect(infoOf({ time_limit: "none" })).toEqual(infoOf({}));
  });
});

describe("the addresses of e_mail", () => {
  const many = Array.from({ length: 101 }, (_, i) => `a${i}@lab`);

  it.each([
    "a@lab",
    "a.b+c@x-y.lab.org",
    "o'hara@lab",
    "a@müller.de",
    "a@例え.テスト",
    "A_1@123.org",
    "#!$%&*/=?^`{|}~-@x",
    `${"a".repeat(245)}@lab.org`,
  ])("may be %s", (address) => {
    expect(infoOf({ e_mail: address })).toMatchObject({ mailTo: [address] });
  });

  it.each([
    "a",
    "@lab",
    "a@",
    "a@@lab",
    "a@b@c",
    ".a@lab",
    "a.@lab",
    "a..b@lab",
    "é@lab",
    '"a b"@lab',
    "a b@lab",
    "<a@lab",
    "a@lab>",
    "Me <a b@lab>",
    "Me <b>",
    "a@-lab",
    "a@lab-",
    "a@lab..org",
    "a@lab..",
    "a@.lab",
    "b@@lab and Bob <x@lab>",
    "a@[127.0.0.1]",
    "Bcc: x@y",
    "mailto:a",
    "a\0@lab",
    "a@l\u200bab",
    "a@lab_x",
    "a@l\u202eab",
    `${"a".repeat(251)}@lab`,
    `a@${"b".repeat(64)}.org`,
    `${"b".repeat(513)} <a@lab>`,
    " ".repeat(20_000),
  ])("may not be %j: the job runs, is warned, and the others get the mail", (bad) => {
    const info = infoOf({ e_mail: `x@lab, ${bad}` });
    expect(info).toMatchObject({ mailTo: bad.length > 16_384 ? [] : ["x@lab"] });
    expect(info).toMatchObject({
      warnings: [expect.stringMatching(/^job\.cfg, line 3, e_mail: has .*; it gets no mail$/)],
    });
  });

  it.each<[string, readonly string[]]>([
    ["a@lab; b@lab", ["a@lab", "b@lab"]],
    ["a@lab\nb@lab\r\nc@lab", ["a@lab", "b@lab", "c@lab"]],
    ["  a@lab   b@lab  ", ["a@lab", "b@lab"]],
    ["a@lab,", ["a@lab"]],
    [" , ;", []],
    ["mailto:a@lab, MailTo:b@lab?subject=x", ["a@lab", "b@lab"]],
    ["Ada <a@lab>", ["a@lab"]],
    ["Ada<a@lab> <b@lab>", ["a@lab", "b@lab"]],
    ["\"Lovelace, Ada\" <a@lab>; 'Bob' <b@lab>", ["a@lab", "b@lab"]],
    ["Lovelace, Ada <a@lab>; O'Neill, Bob <b@lab>", ["a@lab", "b@lab"]],
    ["Ada <mailto:a@lab>", ["a@lab"]],
    ["a@lab (Ada, room 1), b@lab", ["a@lab", "b@lab"]],
    ["'a@lab', \"b@lab\"", ["a@lab", "b@lab"]],
    ["\u202aa@lab\u202c，b@lab", ["a@lab", "b@lab"]],
    ["=?utf-8?q?Ad=C3=A9?= <a@lab>", ["a@lab"]],
    ["c@lab <a@lab>", ["c@lab", "a@lab"]],
    ["ada@lab.org and Bob O'Neil <bob@lab.org>", ["ada@lab.org", "bob@lab.org"]],
    ["Ann 'c@lab' mailto:d@lab. Bob (e@lab) <a@lab>", ["c@lab", "d@lab", "a@lab"]],
    ['"c@lab" <a@lab>; Ada @ Lab <b@lab>', ["a@lab", "b@lab"]],
    ["a@LAB.org. <A@lab.org>", ["a@LAB.org"]],
    ["Ada@LAB.org, ada@lab.ORG; b@lab", ["Ada@LAB.org", "b@lab"]],
    ["a@lab., <b@lab.org.>", ["a@lab", "b@lab.org"]],
  ])("may be written as mail programs paste them: %j", (text, mailTo) => {
    const info = infoOf({ e_mail: text });
    expect(info).toMatchObject({ mailTo });
    expect(info).not.toHaveProperty("warnings");
  });

  it("are a hundred at most", () => {
    expect(infoOf({ e_mail: many.join(",") })).toMatchObject({
      mailTo: many.slice(0, 100),
      warnings: [expect.stringContaining('has "101 addresses"')],
    });
  });

  it("bring no header of their own: what follows a line end is an address or none", () => {
    expect(infoOf({ e_mail: "a@lab\nBcc: x@y\nSubject: hi" })).toMatchObject({
      mailTo: ["a@lab"],
      warnings: [expect.stringContaining('has "Bcc: x@y"'), expect.stringContaining('has "Subject: hi"')],
    });
  });

  it("are split at commas, without empty ones and repeats", () => {
    expect(infoOf({ e_mail: " a@lab,\n b@lab ,,a@lab," })).toMatchObject({ mailTo: ["a@lab", "b@lab"] });
  });

  it("that are wrong are told beside the reasons why a job is refused", () => {
    expect(problemsOf({ e_mail: "a@lab, me", nb_proc: "two" })).toMatchObject([
      { key: "e_mail", wrong: 'has "me"' },
      { key: "nb_proc" },
    ]);
  });

  it("may be given several times, and all count", () => {
    const twice = (one: string, other: string) =>
      checkInfo([RUN, { key: "e_mail", value: one }, { key: "e_mail", value: other, line: 5 }], "job.cfg");
    expect(twice("a@lab", "b@lab")).toMatchObject({ value: { mailTo: ["a@lab", "b@lab"] } });
    expect(twice("a@lab", " A@Lab ")).toMatchObject({ value: { mailTo: ["a@lab"] } });
    expect(twice("a@lab", "")).toMatchObject({ value: { mailTo: ["a@lab"] } });
  });

  it("with a fault of form refuse no job either", () => {
    const fault = {
      file: "job.json",
      line: 4,
      key: "E-Mail",
      wrong: "is an object",
      right: "should be a string",
    };
    expect(checkInfo([RUN], "job.json", { problems: [fault] })).toMatchObject({
      value: { mailTo: [], warnings: ["job.json, line 4, E-Mail: is an object; should be a string"] },
    });
  });

  it("can be told when the rest is wrong, those that are right", () => {
    expect(addressesIn("a@lab,b@lab")).toEqual(["a@lab", "b@lab"]);
    expect(addressesIn("a@lab,b")).toEqual(["a@lab"]);
    expect(addressesIn("b")).toEqual([]);
    expect(addressesIn("")).toEqual([]);
  });

  it("hold nothing by which a header could be forged, whatever the text", () => {
    const unit = fc.constantFrom(...Array.from("ab.@,<>\"'();:\\ \t\r\n\0é\u2028"), "lab", "a@lab");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        for (const address of addressesIn(units.join(""))) {
          expect(address).toMatch(/^[^\s<>"();:\\,@]+@[^\s<>"'();:\\,@]+$/);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
