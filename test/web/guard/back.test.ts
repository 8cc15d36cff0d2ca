import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cameFrom, siteAddress } from "../../../src/web/routes/actions.ts";

const SITE = "http://lab:8000";

describe("an address to go back to", () => {
  test.each(["/", "/QM", "/?owner=ada%40lab.org&waiting=2", "/jobs/x?attempt=1", "/jobs/caf%C3%A9#log"])(
    "is taken when it is of this site: %s",
    (address) => expect(siteAddress(address)).toBe(address),
  );

  test.each([
    "//evil",
    "///evil",
    "/\\evil",
    "\\\\evil",
    "/?q=\\",
    "https:",
    "https://evil",
    "https:/evil",
    "javascript:alert(1)",
    "evil",
    "?q=1",
    "",
    " /",
    "/\t/evil",
    "\t//evil",
    "/\n/evil",
    "/\r\nSet-Cookie: a=b",
    "/\0",
    "/\u00a0",
    "/é",
    `/${"x".repeat(3000)}`,
    undefined,
    null,
    7,
    ["/"],
    { 0: "/" },
  ])("is none otherwise: %j", (address) => expect(siteAddress(address)).toBeUndefined());

  test("never leads to another site, however a browser reads it", () => {
    const unit = fc.constantFrom("/", "\\", ":", "@", "?", "#", ".", "\t", "\n", "e", "%2f");
    const tricky = fc.oneof(fc.string(), fc.string({ unit }));
    fc.assert(
      fc.property(tricky, (text) => {
        const address = siteAddress(`/${text}`);
        if (address !== undefined) expect(new URL(address, SITE).origin).toBe(SITE);
      }),
    );
  });
});

describe("where a request came from", () => {
  const from = (referer: string | undefined, host = "lab:8000") => cameFrom({ headers: { host, referer } });

  test("is the address of the page that led to it", () => {
    expect(from(`${SITE}/?owner=a&page=2`)).toBe("/?owner=a&page=2");
    expect(from("https://lab:8000/jobs/x")).toBe("/jobs/x");
  });

  test.each([
    undefined,
    "",
    "nonsense",
    "http://evil/",
    "http://lab/",
    `${SITE}//evil`,
    "http://lab:8000@evil/",
  ])("is unknown for %j", (referer) => expect(from(referer)).toBeUndefined());
});
