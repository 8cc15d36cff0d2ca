import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveStorybook } from "../storybook/server.ts";
import { STORIES } from "../storybook/stories.ts";
import { browserOrSkip, launchBrowser } from "../support/browser.ts";
import { describePage } from "./describe-page.ts";
import { LONG_NAME, makeBusy, PAGES } from "./page-tour.ts";

const WIDTHS = [360, 600, 768, 800, 1000, 1280];
const MIN_REASON_PX = 120;

/** Elements that do not fit into the window, and tables that do not fit into their place: what of them is beyond is not seen. */
const BEYOND = `(() => {
  const { scrollWidth } = document.scrollingElement;
  const cut = [...document.querySelectorAll(".scroll:has(table):not(.figures *)")].filter(
    (place) => place.scrollWidth > place.clientWidth,
  );
  const page = scrollWidth > innerWidth ? ["the page is " + scrollWidth] : [];
  return [...page, ...cut.map((place) => "a table is " + place.scrollWidth + " in " + place.clientWidth)];
})()`;

/** The parts of a page beyond its window at each width. */
async function beyond(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 700 });
    const faults = await page.evaluate<string[]>(BEYOND);
    found.push(...faults.map((fault) => `${name} at ${width}: ${fault}`));
  }
  return found;
}

describePage("at any width", {}, (watched) => {
  beforeAll(async () => {
    await makeBusy(watched);
  });

  it("every page of a busy queue fits into the window", async () => {
    const page = await watched.open("/");
    const found: string[] = [];
    for (const address of PAGES) {
      await page.goto(watched.url + address);
      found.push(...(await beyond(page, address.replace(LONG_NAME, "LONG"))));
    }
    expect(found).toEqual([]);
  });
});

describe.runIf(browserOrSkip())("the storybook at any width", () => {
  let browser: Browser;
  let storybook: Awaited<ReturnType<typeof serveStorybook>>;

  beforeAll(async () => {
    browser = await launchBrowser();
    storybook = await serveStorybook(0);
  });

  afterAll(async () => {
    await browser.close();
    storybook.close();
  });

  it("every story fits into the window", async () => {
    const page = await browser.newPage();
    const found: string[] = [];
    for (const { name } of STORIES) {
      await page.goto(`${storybook.url}stories/${name}`);
      found.push(...(await beyond(page, name)));
    }
    expect(found).toEqual([]);
  });

  it.each(WIDTHS)(
    "the values beside a plot, and its newest column, are in sight at %i pixels",
    async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 3000 } });
      await page.goto(`${storybook.url}stories/stats-busy`);
      for (const mark of [page.locator("#jobs .tick").first(), page.locator("#jobs .bar").last()]) {
        const box = await mark.boundingBox();
        expect(box?.x).toBeGreaterThan(0);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(width);
      }
    },
  );

  it.each(WIDTHS)("why a job waits has room at %i pixels", async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 700 } });
    await page.goto(`${storybook.url}stories/front-busy`);
    const widths = await page
      .locator("#waiting .reason")
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().width));
    expect(widths.length).toBeGreaterThan(0);
    expect(Math.min(...widths)).toBeGreaterThan(MIN_REASON_PX);
  });
});
