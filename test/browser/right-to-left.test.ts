import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveStorybook } from "../storybook/server.ts";
import { browserOrSkip, launchBrowser } from "../support/browser.ts";

describe.skipIf(!browserOrSkip())("a name in a script that runs from right to left", () => {
  let browser: Browser;
  let storybook: Awaited<ReturnType<typeof serveStorybook>>;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    storybook = await serveStorybook(0);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${storybook.url}stories/front-right-to-left`);
  });

  afterAll(async () => {
    await browser.close();
    storybook.close();
  });

  /** Begin and end of a text on its line, in pixels. */
  async function extent(text: Locator): Promise<{ left: number; right: number }> {
    return await text.evaluate((element) => {
      const range = element.ownerDocument.createRange();
      range.selectNodeContents(element);
      const { left, right } = range.getBoundingClientRect();
      return { left, right };
    });
  }

  it.each([
    ["name and owner of a running job", "#running tbody th", ["a", ".soft"]],
    ["name and owner of an ended one", "#ended tbody th", ["a", ".soft"]],
    ["name, reason and time of one that failed", "#failures li", [".state", "a", ".soft", "time"]],
  ])("keeps its place: %s", async (_what, row, parts) => {
    const extents = [];
    for (const part of parts) extents.push(await extent(page.locator(`${row} ${part}`).first()));
    for (const [at, { left }] of extents.entries())
      expect(left).toBeGreaterThanOrEqual(extents[at - 1]?.right ?? 0);
  });
});
