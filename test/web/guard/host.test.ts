import os from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServedPage } from "../page-fixture.ts";
import { sendRaw, statusWith } from "../raw-request.ts";

let page: ServedPage;

beforeAll(async () => {
  page = await ServedPage.start({ web: { Allowed_Hosts: "queue.lab.org, other.lab.org" } });
});

afterAll(async () => await page.close());

const own = os.hostname();

test.each([
  "localhost",
  "localhost:8000",
  "LocalHost:8000",
  "localhost.",
  "127.0.0.1",
  "10.1.2.3:8000",
  "[::1]",
  "[::1]:8000",
  "[FE80::1]:8000",
  own,
  own.toUpperCase(),
  `${own.split(".")[0]}.local:8000`,
  "queue.lab.org",
  "QUEUE.lab.org:80",
  "other.lab.org.",
])("a request for %s is answered", async (host) => {
  expect(await statusWith(page.url, [`Host: ${host}`])).toBe(200);
});

test.each([
  "evil.example",
  "evil.example:8000",
  "localhost.evil.example",
  "localhost:8000.evil.example",
  "localhost:80@evil.example",
  "evil.example#localhost",
  "localhost/evil",
  "localhost, evil.example",
  "xlocalhost",
  "127.0.0.1.evil.example",
  "127.0.0.1x",
  "[::1",
  "::1",
  "[::1].evil.example",
  "[localhost]",
  "localhost:",
  "localhost:port",
  ":8000",
  ".",
  "",
])("a request for «%s» is refused", async (host) => {
  expect(await statusWith(page.url, [`Host: ${host}`])).toBe(421);
});

describe("without one clear host", () => {
  test("a request of HTTP 1.1 that names none is refused", async () => {
    expect(await statusWith(page.url, [])).toBe(400);
  });

  test("a request of HTTP 1.0 that names none is refused", async () => {
    expect(await sendRaw(page.url, "GET / HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 421 /);
  });

  test.each([
    [["Host: localhost", "Host: evil.example"]],
    [["Host: evil.example", "Host: localhost"]],
    [["Host: localhost", "Host: localhost"]],
  ])("a request that names two is refused", async (lines) => {
    expect(await statusWith(page.url, lines)).toBe(421);
  });
});

test("what a proxy says of the host does not count", async () => {
  const forwarded = ["X-Forwarded-Host: localhost", "Forwarded: host=localhost"];
  expect(await statusWith(page.url, ["Host: evil.example", ...forwarded])).toBe(421);
  expect(await statusWith(page.url, ["Host: localhost", "X-Forwarded-Host: evil.example"])).toBe(200);
});

test("an address that names another host in itself changes nothing about that", async () => {
  expect(await statusWith(page.url, ["Host: localhost"], "http://evil.example/")).toBeLessThan(500);
  expect(await statusWith(page.url, ["Host: evil.example"], "http://localhost/")).toBe(421);
});

test("a refusal is no page and bears the headers of every answer", async () => {
  const { headers, text } = await page.get("/", { host: "evil.example" });
  expect(headers["content-type"]).toMatch(/^text\/plain/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(text).not.toContain(page.tokens.form);
});
