import { afterAll, beforeAll, expect, test } from "vitest";
import { ServedPage } from "../page-fixture.ts";

let page: ServedPage;

beforeAll(async () => {
  page = await ServedPage.start();
});

afterAll(async () => await page.close());

test.each(["/", "/jobs/none", "/nothing/here", "/static/qm.js", "/jobs/x/hold"])(
  "%s may load nothing from elsewhere, runs no script of its own text and is framed by nobody",
  async (address) => {
    const { headers } = await page.get(address);
    const policy = String(headers["content-security-policy"]).split(";");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(headers["x-powered-by"]).toBeUndefined();
    expect(headers["strict-transport-security"]).toBeUndefined();
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  },
);

test("no page holds a script or a style in its own text", async () => {
  page.putEnded("a-job");
  for (const address of ["/", "/jobs/a-job", "/jobs/none", "/nothing"]) {
    const { text } = await page.get(address);
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i);
  }
});
