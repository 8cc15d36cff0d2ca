import { beforeAll, expect, it } from "vitest";
import { describePage } from "./describe-page.ts";
import { LONG_NAME, makeBusy, PAGES } from "./page-tour.ts";

const WIDTH = 360;

describePage(`on a phone, ${WIDTH} pixels wide`, {}, (watched) => {
  beforeAll(async () => {
    await makeBusy(watched);
  });

  it("no page is wider than the screen", async () => {
    const page = await watched.open("/", { viewport: { width: WIDTH, height: 700 } });
    const tooWide: string[] = [];
    for (const address of PAGES) {
      await page.goto(watched.url + address);
      const width = await page.evaluate<number>("document.scrollingElement.scrollWidth");
      if (width > WIDTH) tooWide.push(`${address.replace(LONG_NAME, "LONG")}: ${width}`);
    }
    expect(tooWide).toEqual([]);
  });

  it("what can be pressed can be hit with a finger", async () => {
    const page = await watched.open("/", { viewport: { width: WIDTH, height: 700 }, hasTouch: true });
    const heights = await page
      .locator("main :is(button, .button):visible")
      .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(5);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(24);
  });
});
