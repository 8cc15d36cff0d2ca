import { simpleParser } from "mailparser";
import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../src/job/record.ts";
import { composeMessage, fromAddressOf } from "../../src/mail/compose.ts";
import { endLetter, type LetterDetails, startLetter } from "../../src/mail/job-letter.ts";
import { storeForm } from "../../src/mail/letter.ts";
import { addresseesAtEnd, allowedAddresses } from "../../src/mail/recipients.ts";
import { logEnding } from "../../src/manager/letters/start-letters.ts";
import { SETTINGS } from "./sender-fixture.ts";

const DETAILS: LetterDetails = { folder: "/q/QM_dJobs/a", runsAgain: false, logLines: [] };

function record(changes: Partial<JobRecord> = {}): JobRecord {
  return {
    version: 1,
    name: "a",
    runId: "r1",
    attempt: 1,
    state: "done",
    reason: "the command ended with exit code 0",
    owner: "ada@lab.org",
    description: "",
    mailTo: ["ada@lab.org"],
    worker: "here",
    host: "box",
    finishedAt: "2026-11-22T10:00:00.000Z",
    ranSeconds: 11_520,
    ...changes,
  };
}

async function sent(changes: Partial<JobRecord>, details: Partial<LetterDetails> = {}) {
  const letter = storeForm(
    endLetter(record(changes), ["ada@lab.org"], "owner", { ...DETAILS, ...details }),
    0,
  );
  const raw = (await composeMessage(letter, fromAddressOf("qm@lab.org"))).toString("utf8");
  return { letter, raw, parsed: await simpleParser(raw), head: raw.slice(0, raw.indexOf("\r\n\r\n")) };
}

describe("a letter", () => {
  it("warns of what is odd about the info file", async () => {
    const { parsed } = await sent({
      warnings: ['job.sh, line 2, e_mail: has "bob\nBcc: x"; it gets no mail'],
    });
    expect(parsed.text).toContain(
      'Warning:        job.sh, line 2, e_mail: has "bob\\nBcc: x"; it gets no mail',
    );
  });
});

it("tells where the original of a job lies that was copied in", async () => {
  const { parsed } = await sent({ original: "QM_qJobs/.qm-original-job" });
  expect(parsed.text).toMatch(/Original: +QM_qJobs\/\.qm-original-job \(yours to delete/);
});

describe("a subject", () => {
  it.each([
    [{}, "[QM] done a in 3 h 12 min"],
    [{ state: "failed", exitCode: 1, ranSeconds: 720 }, "[QM] FAILED a after 12 min: exit 1"],
    [
      { state: "failed", exitCode: 137, signal: "SIGKILL" },
      "[QM] FAILED a after 3 h 12 min: exit 137 (SIGKILL)",
    ],
    [
      { state: "failed", exitCode: 137, signal: "SIGKILL", tellingLine: "Killed" },
      "[QM] FAILED a after 3 h 12 min: Killed (exit 137, SIGKILL)",
    ],
    [
      {
        state: "failed",
        exitCode: 1,
        ranSeconds: 720,
        tellingLine: "ModuleNotFoundError: No module named 'numpyy'",
      },
      "[QM] FAILED a after 12 min: ModuleNotFoundError: No module named 'numpyy' (exit 1)",
    ],
    [{ leftProcesses: { count: 1, names: ["sh"] } }, "[QM] done (warning) a in 3 h 12 min"],
    [{ state: "killed", killedBy: "carl" }, "[QM] KILLED a after 3 h 12 min by carl"],
    [{ state: "timed_out" }, "[QM] TIMED OUT a after 3 h 12 min"],
    [{ state: "invalid", problems: ["x: bad", "y: bad"], ranSeconds: undefined }, "[QM] NOT RUN a: x: bad"],
  ] as [Partial<JobRecord>, string][])("of %j tells the story", async (changes, subject) => {
    const { ranSeconds, ...others } = { ...record(), ...changes };
    const whole = ranSeconds === undefined ? others : { ...others, ranSeconds };
    expect(storeForm(endLetter(whole, ["a@b"], "owner", DETAILS), 0).subject).toBe(subject);
  });

  it("stays short, however long a name or a reason is", async () => {
    const { letter, parsed } = await sent({ name: "ñ".repeat(5000), state: "lost", reason: "x".repeat(1e6) });
    expect(Array.from(letter.subject).length).toBeLessThanOrEqual(200);
    expect(parsed.subject).toBe(letter.subject);
  });
});

it("tells the job's own last word, the advice and what the job left running", async () => {
  const { letter } = await sent({
    state: "failed",
    exitCode: 127,
    reason: `${"fit ".repeat(40)}: not found (exit code 127)`,
    tellingLine: `${"fit ".repeat(40)}: not found`,
    advice: "Exit code 127 mostly means that a command was not found: check its spelling.",
    leftProcesses: { count: 1, names: ["sh"] },
  });
  expect(Array.from(letter.subject).length).toBeLessThanOrEqual(200);
  expect(letter.subject).toMatch(/ fit fi?t?… \(exit 127\)$/);
  expect(letter.text).toMatch(
    /: not found \(exit code 127\)\.\nExit code 127 mostly .*\.\nLeft 1 process running, /,
  );
});

it("has a Message-ID by attempt, moment and reader alone", () => {
  const id = (changes: Partial<JobRecord>, reader: "owner" | "admin" = "owner") =>
    storeForm(endLetter(record(changes), ["a@b"], reader, DETAILS), 0).messageId;
  expect(id({ finishedAt: "2026-11-22T11:00:00.000Z", name: "b" })).toBe(id({}));
  const start = storeForm(startLetter(record(), ["a@b"], DETAILS), 0).messageId;
  expect(new Set([id({}), id({ runId: "r2" }), id({}, "admin"), start]).size).toBe(4);
  expect(id({ runId: "../../x>\r\nBcc: e@evil\r\n\0" })).toMatch(/^<[0-9a-f]{24}@[a-z0-9.-]+>$/);
});

const EVIL = [
  "x\r\nBcc: evil@evil.org\r\n\r\nbody",
  "x\nTo: evil@evil.org",
  "x\rCc: evil@evil.org",
  "x\u2028Bcc: evil@evil.org",
  "=?utf-8?Q?=0D=0ABcc:_evil@evil.org?=",
  "\u202eevil\u202c\u0000\u001b]0;x\u0007",
  '{"path":"/etc/passwd"}',
  "data:text/plain,x",
  "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "<%= process.env %> <%- include('/etc/passwd') %>",
  "\ud800lone",
];

describe.each(EVIL)("the text %j", (evil) => {
  it("adds no receiver, header, file or markup, wherever it stands", async () => {
    const { parsed, raw, head } = await sent(
      {
        name: evil,
        description: evil,
        reason: evil,
        state: "killed",
        killedBy: evil,
        script: evil,
        infoFile: evil,
        signal: evil,
        host: evil,
        size: evil,
      },
      {
        folder: `/q/${evil}`,
        mountedAs: evil,
        link: `http://lab/jobs/${encodeURIComponent(evil.toWellFormed())}`,
        logLines: logEnding(evil, 30),
      },
    );
    const names = [...head.matchAll(/^([A-Za-z-]+):/gm)].map(([, name]) => name);
    expect(new Set(names)).toEqual(
      new Set([
        "Auto-Submitted",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
        "X-QM-Job",
        "X-QM-Outcome",
      ]),
    );
    expect(names).toHaveLength(10);
    expect(parsed.to).toMatchObject({ value: [{ address: "ada@lab.org" }] });
    expect([parsed.cc, parsed.bcc, parsed.attachments]).toEqual([undefined, undefined, []]);
    expect(raw).not.toContain("root:x:0");
    expect(parsed.html).not.toMatch(/<script|<img|<%/);
    const shown = `${parsed.subject}\n${parsed.text}`;
    expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u2028\u202a-\u202e]/u);
  });
});

describe("the receivers", () => {
  it.each([
    "a@lab, evil@x",
    "Ada <ada@lab.org>",
    '"ada"@lab.org',
    "ada(comment)@lab.org",
    "ada@lab.org\r\nRCPT TO:<evil@evil.org>",
    "ada@lab.org>",
    "<ada@lab.org>",
    "ada@[127.0.0.1]",
    "group: a@b;",
    "@lab.org",
    "ada@lab.org ORCPT=rfc822;evil@evil.org",
    "ada\0@lab.org",
    "ada@lab。org>",
  ])("are never %j, even from a forged record", (address) => {
    expect(allowedAddresses([address, "bob@lab.org"], SETTINGS)).toEqual(["bob@lab.org"]);
    const { owners } = addresseesAtEnd(record({ mailTo: [address] }), SETTINGS);
    expect(owners).toEqual([]);
  });

  it("are each there once", () => {
    expect(
      allowedAddresses(["a@LAB.org", "A@lab.org", "b@bücher.de", "b@xn--bcher-kva.de"], SETTINGS),
    ).toHaveLength(2);
    const admins = ["ADA@lab.org", "root@lab.org"];
    expect(
      addresseesAtEnd(record({ state: "lost", mailTo: ["ada@LAB.org"] }), { ...SETTINGS, admins }),
    ).toEqual({ owners: ["ada@LAB.org"], admins: ["root@lab.org"] });
  });
});

it("knows a sender with and without a name, and has one of its own", () => {
  expect(fromAddressOf("Queue at the lab <qm@lab.org>")).toEqual({
    name: "Queue at the lab",
    address: "qm@lab.org",
  });
  expect(fromAddressOf("qm@lab.org")).toEqual({ name: "", address: "qm@lab.org" });
  expect(fromAddressOf(undefined).address).toMatch(/^queuemanager@[a-z0-9.-]+$/);
});

it("shows the end of a log as it stood on the terminal, without the manager's own lines", () => {
  const bar = Array.from({ length: 500 }, (_, at) => `${at}%`).join("\r");
  const log = `[QM] started 2026-11-22 on lab\n[QM] warning: nb_proc\nfirst\n${bar}\n\x1b[31mred\x1b[0m\ttab\n\u202eevil\n[QM] ended 2026-11-22: done\n`;
  expect(logEnding(log, 30)).toEqual(["first", "499%", "red     tab", "\\u202eevil"]);
  expect(logEnding(log, 2)).toEqual(["red     tab", "\\u202eevil"]);
  expect(logEnding("[QM] started\n[QM] ended\n", 30)).toEqual([]);
  expect(logEnding("", 30)).toEqual([]);
  expect(logEnding("x".repeat(1e6), 30)[0]?.length).toBeLessThanOrEqual(500);
});
