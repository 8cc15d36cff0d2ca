import fs from "node:fs";
import type http from "node:http";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ServedPage } from "../page-fixture.ts";

let page: ServedPage;
let pauseFile: string;

beforeAll(async () => {
  page = await ServedPage.start({ licence: true });
  pauseFile = path.join(page.layout.root, "QM_PAUSE");
});

afterAll(async () => await page.close());

beforeEach(() => fs.rmSync(pauseFile, { force: true }));

const isPaused = () => fs.existsSync(pauseFile);
const ownForm = () => ({ token: page.tokens.form });

/** Posts what would pause the queue; gives the status, 303 for an act that was done. */
async function pause(
  form: Readonly<Record<string, string>>,
  headers: http.OutgoingHttpHeaders,
): Promise<number> {
  const { status } = await page.post("/pause", form, headers);
  expect(isPaused()).toBe(status === 303);
  return status;
}

test("the page's own form acts", async () => {
  expect(await pause(ownForm(), page.ownOrigin)).toBe(303);
});

test("either of the two headers tells where a request comes from", async () => {
  expect(await pause(ownForm(), { origin: page.url })).toBe(303);
  fs.rmSync(pauseFile);
  expect(await pause(ownForm(), { "sec-fetch-site": "same-origin" })).toBe(303);
});

test("whoever is refused in a browser is led back, and a program is told in plain text", async () => {
  const browser = { ...page.ownOrigin, accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const shown = await page.post("/pause", { token: "old" }, browser);
  expect(shown).toMatchObject({ status: 403, text: expect.stringContaining('<a href="/">') });
  expect(shown.text).toContain("the page is out of date");
  const told = await page.post("/pause", { token: "old" }, page.ownOrigin);
  expect(told.text).toMatch(/^403: the page is out of date.*\n$/);
});

describe("nothing happens", () => {
  test.each(["", "wrong", "0".repeat(43), "{}", "undefined"])("with the token «%s»", async (token) => {
    expect(await pause({ token }, page.ownOrigin)).toBe(403);
  });

  test("without a token", async () => {
    expect(await pause({}, page.ownOrigin)).toBe(403);
  });

  test("with the token for programs in the form's place", async () => {
    expect(await pause({ token: page.tokens.api }, page.ownOrigin)).toBe(403);
  });

  test("with the token given twice, or in the address", async () => {
    const twice = `token=${page.tokens.form}&token=${page.tokens.form}`;
    const headers = { ...page.ownOrigin, "content-type": "application/x-www-form-urlencoded" };
    expect((await page.send("POST", "/pause", headers, twice)).status).toBe(403);
    expect((await page.send("POST", `/pause?${twice}`, headers)).status).toBe(403);
    expect(isPaused()).toBe(false);
  });

  test.each(["http://evil.example", "null", "http://localhost", "https://localhost:1", "file://", "", "*"])(
    "from the origin «%s»",
    async (origin) => {
      expect(await pause(ownForm(), { origin })).toBe(403);
      expect(await pause(ownForm(), { origin, "sec-fetch-site": "same-origin" })).toBe(403);
    },
  );

  test("from an origin that merely begins or ends as ours", async () => {
    for (const origin of [`${page.url}.evil.example`, `${page.url}0`, `http://evil.example/${page.url}`])
      expect(await pause(ownForm(), { origin })).toBe(403);
  });

  test.each(["cross-site", "same-site", "none", "", "same-origin, cross-site"])(
    "where the browser says of the site «%s»",
    async (site) => {
      expect(await pause(ownForm(), { "sec-fetch-site": site })).toBe(403);
      expect(await pause(ownForm(), { "sec-fetch-site": site, origin: page.url })).toBe(403);
    },
  );

  test("where nothing tells where it comes from", async () => {
    expect(await pause(ownForm(), {})).toBe(403);
    expect(await pause(ownForm(), { referer: `${page.url}/` })).toBe(403);
    expect(await pause(ownForm(), { cookie: `token=${page.tokens.form}` })).toBe(403);
  });

  test.each(["text/plain", "multipart/form-data; boundary=x", "application/xml", "application/json"])(
    "for a form that says it is %s",
    async (type) => {
      const headers = { ...page.ownOrigin, "content-type": type };
      const form = new URLSearchParams(ownForm()).toString();
      const { status } = await page.send("POST", "/pause", headers, form);
      expect([400, 403]).toContain(status);
      expect(isPaused()).toBe(false);
    },
  );

  test.each(["null", "[]", '"text"', "{", '{"token":["x"]}', '{"token":{}}', '{"__proto__":{"token":"x"}}'])(
    "for the JSON body %s",
    async (body) => {
      const headers = { ...page.ownOrigin, "content-type": "application/json" };
      const { status } = await page.send("POST", "/pause", headers, body);
      expect([400, 403]).toContain(status);
      expect(isPaused()).toBe(false);
    },
  );

  test("for a body beyond all measure", async () => {
    const { status } = await page.post("/pause", { ...ownForm(), more: "x".repeat(20_000) }, page.ownOrigin);
    expect(status).toBe(413);
    expect(isPaused()).toBe(false);
  });

  test("for any other method", async () => {
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
      expect((await page.send(method, "/pause", page.ownOrigin)).status).toBe(403);
    expect(isPaused()).toBe(false);
  });
});

describe("a program's token", () => {
  test("acts without an origin", async () => {
    expect(await pause({}, page.bearer)).toBe(303);
    fs.rmSync(pauseFile);
    expect(await pause({}, { authorization: `bearer   ${page.tokens.api}` })).toBe(303);
  });

  test("counts as it stands in the file now: one that was deleted is made anew, and the old one is refused", async () => {
    const old = page.bearer;
    fs.rmSync(page.layout.apiToken);
    expect(await pause({}, old)).toBe(403);
    expect(fs.existsSync(page.layout.apiToken)).toBe(true);
    expect(await pause({}, page.bearer)).toBe(303);
  });

  test.each(["Bearer", "Bearer ", "Bearer wrong", "bearer 0", "Bearer a b"])(
    "«%s» does not, not even from the page itself",
    async (authorization) => {
      expect(await pause(ownForm(), { ...page.ownOrigin, authorization })).toBe(403);
    },
  );

  test("does not act when it is cut, prolonged or the form's", async () => {
    const { api, form } = page.tokens;
    for (const token of [api.slice(0, -1), `${api}x`, form, api.toUpperCase()])
      expect(await pause({}, { authorization: `Bearer ${token}` })).toBe(403);
  });

  test("does not act under another scheme", async () => {
    expect(await pause({}, { authorization: `Basic ${page.tokens.api}` })).toBe(403);
    expect(await pause({}, { authorization: page.tokens.api })).toBe(403);
  });
});

test("what a proxy asks its users for is no hindrance for the page's own forms", async () => {
  expect(await pause(ownForm(), { ...page.ownOrigin, authorization: "Basic YWRhOnNlY3JldA==" })).toBe(303);
});
