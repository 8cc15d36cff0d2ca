import { describe, expect, it } from "vitest";
import { ALL_KEYS } from "../../src/config/schema.ts";
import { loaded, problemsOf } from "./config-fixture.ts";

/** Wrong values of each key, with a part of what is said to be right. */
const WRONG: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  QM_FOLDER: ["a path on one line", ['"/srv/qm"', "'q'", "~ada/qm", "a\tb"]],
  MaxNbProcessors: ["a whole number from 1 up", ["0", "-1", "1.5", "1e2", "all", "99999999999999999999"]],
  launch_type: ["should be non-blocking or blocking", ["non blocking", "parallel"]],
  job_file: [
    "each ending in .cfg, .ini, .xml, .json or .sh",
    ["run.yaml", "a.cfg, sub/b.cfg", "cfg", ".cfg", "..\\x.cfg"],
  ],
  MailActive: ["should be True or False", ["maybe", "2"]],
  Debug: ["should be True or False", ["verbose"]],
  Settle_Time: ["seconds from 0 to 3600", ["-1", "2 min", "3601", "Infinity", "NaN"]],
  Unfinished_Names: [
    "patterns of file names such as *.uploading",
    ["*", "*.part, ?", "in/*.up", "..", "*.*", "a\tb"],
  ],
  Poll_Interval: ["seconds from 0.1 to 3600", ["0", "soon"]],
  Min_Free_Disk: ["a size with its unit", ["200", "200 M", "-1 MB", "MB", "1 constructor"]],
  Kill_Grace: ["seconds from 0 to 86400", ["1 day"]],
  On_Lost: ["should be keep or requeue", ["drop"]],
  Fair_Share: ["should be True or False", ["fair"]],
  Reserve_After: ["should be a time, as `15 min`", ["soon", "-1", "3 months", "1:99:00", "15 min 3"]],
  Worker: ["letters, digits", ["a b", "..", ".", "-x", "a@b", "a/b", "é", "x".repeat(65)]],
  Local_Worker: ["should be True or False", ["lab1"]],
  Name: ["letters, digits", ["a b", "lab1, lab2"]],
  Processors: ["a whole number from 1 up", ["0", "all"]],
  Max_Jobs: ["a whole number from 1 up", ["0", "none"]],
  Pools: ["names separated by commas", ["night shift", "a=b", "a, -b"]],
  Labels: [
    "labels separated by commas, such as gpu",
    ["big gpu", "mem=64G", "gpu, OS", "a=b=c", "cuda>=12", "a="],
  ],
  Only_Named: ["should be True or False", ["lab1"]],
  Health: ["a command on one line", ["a\u0007b"]],
  Local_State: ["a path on one line", ["'/var/qm'", "~ada/qm"]],
  Log_Format: ["should be text or json", ["xml"]],
  Log_Max_Size: ["at least 1000 bytes", ["10 B"]],
  Log_Keep: ["a whole number from 0 to 1000", ["-1", "1001"]],
  Host: ["a host name or address", ["*", "a b", "http://x", "1.2.3", "256.1.1.1", "[::1", "-x"]],
  The_Port: ["a whole number from 0 to 65535", ["65536", "http"]],
  Allowed_Hosts: ["should be host names, separated by commas", ["a b", "http://lab", "lab, 1.2.3.4.5"]],
  Licence_to_kill: ["should be True or False", ["007"]],
  Delete_Jobs: ["should be True or False", ["some"]],
  Display_details: ["should be True or False", ["few"]],
  Refresh_Rate: ["seconds from 1 to 86400", ["0"]],
  Smtp: ["smtp://server", ["mail.lab.org", "http://mail", "smtp://", "smtp://a/b", "smtp://a?x=1"]],
  Smtp_Host: ["a host name or address", ["smtp://x"]],
  Smtp_Port: ["a whole number from 1 to 65535", ["0"]],
  Fence_Command: ["on one line", ["power off\tlab2"]],
  Smtp_User: ["on one line", ["a\tb"]],
  Smtp_Secure: ["should be True or False", ["tls"]],
  Smtp_Password_File: ["a path on one line", ["'x'"]],
  Smtp_Insecure: ["should be True or False", ["x"]],
  Smtp_Ca_File: ["a path on one line", ["'x'"]],
  Smtp_Helo: [
    "this machine's name",
    ["lab 1", "lab_1.lab.org", "192.168.1.5", "[1.2.3]", "-lab.org", "lab..org"],
  ],
  From: ["should be an address", ["lab", "a@b, c@d", "Q <a@b> x", "a@b <c>", 'Q" <a@b>']],
  Page_Url: ["an address such as http://", ["lab:8000", "ftp://lab", "http://u:p@lab", "http://lab/?a=1"]],
  Path_As: ["on one line", ["a\x1bb"]],
  Mail_On: ["none alone", ["always", "end, none"]],
  Mail_Admin: ["should be mail addresses", ["ada", "a@b c", "<a@b", "a@-b", "Ada <a@b>; Bob <b>"]],
  Mail_Allowed_Domains: ["should be domains", ["lab org", "a@lab.org"]],
  Mail_Daily_Cap: ["a whole number from 1 up", ["0"]],
  Mail_Give_Up: ["a time above 0 with its unit", ["3", "0 days", "3 months", "days"]],
};

describe.each(ALL_KEYS.map((key) => [key.section, key.name, key] as const))("[%s] %s", (section, name) => {
  const [right, values] = WRONG[name] ?? ["", []];

  it("has wrong values to test", () => {
    expect(values).not.toEqual([]);
  });

  it.each(values)("refuses %j and says what is right", (value) => {
    const problems = problemsOf(`[${section}]\n${name} = ${value}\n`);
    expect(problems).toMatchObject([{ line: 2, key: name, right: expect.stringContaining(right) }]);
    expect(problems[0]?.wrong).toMatch(/^is ".+"$/);
  });
});

it.each([
  ["QMServer", "Settle_Time", "2 s"],
  ["QMServer", "Settle_Time", "0"],
  ["QMServer", "Unfinished_Names", "*.uploading, tmp_?.dat, ~new~*"],
  ["QMServer", "Min_Free_Disk", "0 B"],
  ["QMServer", "launch_type", "Non-Blocking"],
  ["QMServer", "job_file", "My Info.CFG"],
  ["WEB_QMserver", "Host", "::1"],
  ["WEB_QMserver", "Host", "[::1]"],
  ["Mail", "Mail_Give_Up", "1 week"],
  ["Mail", "Mail_Give_Up", "90 minutes"],
  ["Mail", "Mail_Give_Up", "3600s"],
  ["Mail", "Smtp", "smtp://localhost:2525/"],
  ["Mail", "From", "qm@lab"],
  ["Mail", "Page_Url", "https://lab.org/qm/"],
])("accepts [%s] %s = %s", (section, name, value) => {
  expect(loaded(`[${section}]\n${name} = ${value}\n`).warnings).toEqual([]);
});

it("shortens and escapes the wrong value it quotes", () => {
  const [problem] = problemsOf(`[QMServer]\nOn_Lost = \x1b[31m${"x".repeat(5000)}\n`);
  expect(problem?.wrong).not.toContain("\x1b");
  expect(problem?.wrong.length).toBeLessThan(100);
});
