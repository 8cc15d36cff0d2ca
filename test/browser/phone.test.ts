import { beforeAll, expect, it } from "vitest";
import { describePage } from "./describe-page.ts";
import { makeBusy } from "./page-tour.ts";

const WIDTH = 360;

describePage(`on a phone, ${WIDTH} pixels wide`, {}, (watched) => {
  beforeAll(async () => {
    await makeBusy(watched);
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
