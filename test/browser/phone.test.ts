import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserOrSkip } from "../support/browser.ts";
import { makeBusy } from "./page-tour.ts";
import { WatchedQueue } from "./watched-queue.ts";

const WIDTH = 360;

describe.skipIf(!browserOrSkip())(`on a phone, ${WIDTH} pixels wide`, { timeout: 60_000 }, () => {
  let watched: WatchedQueue;

  beforeAll(async () => {
    watched = await WatchedQueue.start();
    await makeBusy(watched);
  });

  afterAll(async () => {
    await watched.close();
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
