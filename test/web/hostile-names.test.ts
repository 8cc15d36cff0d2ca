import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { ServedPage } from "./page-fixture.ts";

const SCRIPT = "<script>alert(1)</script>".replace("/", "");
const HOSTILE = [
  SCRIPT,
  "<img src=x onerror=alert(1)>",
  `"'><svg onload=alert(1)>`,
  "&lt;script&gt;&#x22;",
  "javascript:alert(1)",
  "a' b\" c`d",
  "new\r\nSet-Cookie: evil=1\r\n\r\nline",
  "bell\u0007 escape\u001b[31m back\u0008\u007f\u0085",
  "txt.exe\u202egpj",
  "left\u200e\u2066isolated\u2069\u061c\ufeff",
  "line\u2028separator\u2029",
  "%2e%2e%2f",
  "x..%00",
  "?q=1#x",
  "back\\slash",
  "{{7*7}}<%= 7*7 %>",
  "ü".repeat(127),
  "x".repeat(255),
  "𝄞 emoji 👩‍🔬",
  "__proto__",
  "constructor",
];
/** Characters that would steer, break or turn round a line. */
const STEERING = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

let page: ServedPage;

beforeAll(async () => {
  page = await ServedPage.start({ licence: true, delete: true });
});

afterAll(async () => await page.close());

const segment = encodeURIComponent;

/** A text as it stands in the source of a page. */
function inHtml(text: string): string {
  const named: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&#34;",
    "'": "&#39;",
  };
  return shown(text).replace(/[&<>"']/g, (character) => named[character] ?? character);
}

function shown(text: string): string {
  return text.replace(STEERING, (character) => {
    const short: Record<string, string> = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };
    const code = character.charCodeAt(0);
    const hex = code.toString(16);
    return short[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`);
  });
}

const FAULTS = [
  /<script(?! type="" src=""><\/script>)/g,
  /<(?:img|svg o|b>|49)/gi,
  /<[^>]*\son\w+\s*=/gi,
  /(?![\t\n])\p{Cc}|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu,
];

/** Expects of a page that a stranger's texts have not got out of hand. */
function expectHarmless(html: string): void {
  expect(html.match(/(?:href|action|src|content)="(?:javascript|data|\/\/)/gi)).toBeNull();
  // Text has its quotes escaped, so that these are the values of attributes.
  const bare = html.replace(/"[^"]*"/g, '""');
  expect(FAULTS.flatMap((fault) => bare.match(fault) ?? [])).toEqual([]);
  expect(html.match(FAULTS[3] ?? /^/)).toBeNull();
}

function expectContains(html: string, text: string): void {
  expect(html.includes(text), `${text} in the page`).toBe(true);
}

describe.each(HOSTILE.map((name, at) => [at, name] as const))("name %i: %j", (_at, name) => {
  test("a finished job is shown as text, and can be deleted", async () => {
    const fields = { owner: name, description: name, reason: name, size: name, script: name, killedBy: name };
    const folder = page.putEnded(name, { state: "failed", ...fields });
    fs.writeFileSync(path.join(folder, "process.log"), `${name}\n${name}`);
    for (const address of [
      "/",
      `/jobs/${segment(name)}`,
      `/QM_dJobs/${segment(name)}/`,
      `/delete/QM_dJobs/${segment(name)}`,
    ]) {
      const { status, text, headers } = await page.get(address);
      expect(status, address).toBe(200);
      expectHarmless(text);
      expectContains(text, inHtml(name));
      expect(headers["set-cookie"]).toBeUndefined();
    }
    expect((await page.get("/")).text).toContain(`href="/jobs/${segment(name).replaceAll("'", "&#39;")}"`);
    const token = { token: page.tokens.form };
    const { status } = await page.post(`/delete/QM_dJobs/${segment(name)}`, token, page.ownOrigin);
    expect(status).toBe(303);
    expect(fs.existsSync(folder)).toBe(false);
  });

  test("a job whose folder is gone, and one that never was, are named as text", async () => {
    for (const unknown of [name, `never ${name}`.slice(0, 120)]) {
      const { status, text } = await page.get(`/jobs/${segment(unknown)}`);
      expect(status).toBe(404);
      expectHarmless(text);
      expectContains(text, inHtml(unknown));
    }
    const { text } = await page.get(`/kill/${segment(name)}`);
    expectHarmless(text);
    expectContains(text, inHtml(name));
    // A text stands in the filter as it was typed.
    const typed = segment(name.replace(STEERING, ""));
    expectHarmless((await page.get(`/?q=${typed}&owner=${typed}&outcome=${typed}&page=${typed}`)).text);
  });

  test("a waiting job can be held and withdrawn, and no header is forged on the way back", async () => {
    const folder = page.put("queue", name);
    const { text } = await page.get(`/kill/${segment(name)}`);
    expectHarmless(text);
    expectContains(text, inHtml(name));
    const token = { token: page.tokens.form };
    for (const [address, request] of [
      [`/jobs/${segment(name)}/hold`, "QM_HOLD"],
      [`/kill/${segment(name)}`, "QM_KILL"],
    ] as const) {
      const { status, headers } = await page.post(address, token, page.ownOrigin);
      expect(status).toBe(303);
      expect(decodeURIComponent(String(headers.location))).toBe(`/jobs/${name}`);
      expect(String(headers.location)).toMatch(/^\/jobs\/[\w.~!*'()%-]+$/);
      expect(headers["set-cookie"]).toBeUndefined();
      expect(fs.existsSync(path.join(folder, request))).toBe(true);
    }
    fs.rmSync(folder, { recursive: true });
  });
});

test("all that a manager publishes is shown as text", async () => {
  page.put("queue", "waits");
  page.put("queue", "arrives");
  const text = HOSTILE.join(" ");
  const common = { owner: text, description: text, processors: 1, queuedAt: "2026-01-01T00:00:00.000Z" };
  page.publish({
    closed: text,
    notices: [text],
    arriving: [{ name: "arrives", state: "arriving", bytes: 1, files: 1, reason: text }],
    waiting: [
      {
        name: "waits",
        state: "waiting",
        priority: 0,
        bytes: 1,
        rank: 1,
        held: false,
        reason: text,
        ...common,
      },
    ],
  });
  let front = "";
  const look = setInterval(async () => (front = (await page.get("/")).text), 50);
  await until("the published view", () => front.includes(inHtml(HOSTILE[4] ?? ""))).finally(() =>
    clearInterval(look),
  );
  expectHarmless(front);
  for (const hostile of HOSTILE) expectContains(front, inHtml(hostile));
  expectHarmless((await page.get("/jobs/waits")).text);
});

test("an info file, a record and a log of a stranger's making are shown as text", async () => {
  const text = `${SCRIPT} "' \u202e \u001b[31mred\u001b[0m`;
  const folder = page.put("queue", "strange");
  fs.writeFileSync(
    path.join(folder, "proc_config.cfg"),
    `[QMOptions]\nscript : ${text}\ninfo : ${text}\nowner : ${text}\n`,
  );
  expectHarmless((await page.get("/jobs/strange")).text);
  const ended = page.putEnded("strange-end", {
    problems: [text, text],
    worker: text,
    host: text,
    signal: text,
  });
  fs.writeFileSync(
    path.join(ended, "process.log"),
    Buffer.concat([
      Buffer.from(`${text}\r\n`),
      Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0x00]),
      Buffer.from(SCRIPT),
    ]),
  );
  const { status, text: html } = await page.get("/jobs/strange-end");
  expect(status).toBe(200);
  expect(html).not.toMatch(/<script>|(?!\n)\p{Cc}/u);
  expect(html).toContain("&lt;script&gt;");
});

test("names whose bytes are no text, and halves of characters, are no error of the page", async () => {
  for (const stage of ["queue", "running", "finished", "lost"] as const)
    fs.mkdirSync(
      Buffer.concat([Buffer.from(`${page.layout[stage]}/`), Buffer.from([0xff, 0x3c, 0x62, 0x3e, 0xfe])]),
    );
  page.putEnded("half", { description: "\ud800 half", owner: "\udfff", reason: "\ud83d" });
  const { status, text } = await page.get("/");
  expect(status).toBe(200);
  expectHarmless(text);
  expectContains(text, 'href="/jobs/half"');
  for (const address of ["/jobs/%ff%3cb%3e", "/jobs/%ed%a0%80", "/kill/%ff", "/?q=%ff%fe&owner=%ed%a0%80"])
    expect((await page.get(address)).status).toBeLessThan(500);
  expect(page.said).toEqual([]);
});
