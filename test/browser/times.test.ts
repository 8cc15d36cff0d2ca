import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describePage } from "./describe-page.ts";
import { PATIENCE } from "./watched-queue.ts";

describePage("the times on a page", {}, (watched) => {
  beforeAll(async () => {
    await watched.occupy("runner");
  });

  /** The front page in a browser whose clock is wrong. */
  async function openWith(wrongByMs: number): Promise<Page> {
    const page = await watched.open("/no/such/page");
    await page.clock.install({ time: Date.now() + wrongByMs });
    await page.goto(`${watched.url}/`);
    await page.locator(":root.has-script").waitFor();
    return page;
  }

  it.each([-600_000, 600_000])(
    "run by the server's clock, where the visitor's is off by %i ms",
    async (ms) => {
      const page = await openWith(ms);
      const elapsed = page.locator("#running time");
      await expect.poll(() => elapsed.innerText(), PATIENCE).toMatch(/^([1-4] min )?[1-9]\d? s$/);
    },
  );

  it("and the clock go on while nothing is heard of the server", async () => {
    const page = await openWith(-600_000);
    await page.route("**/*", (route) => route.abort());
    const clock = page.locator("#clock");
    const [before, elapsed] = [await clock.innerText(), await page.locator("#running time").innerText()];
    expect(before).toMatch(/^\d\d:\d\d:\d\d \(/);
    await expect.poll(() => clock.innerText(), PATIENCE).not.toBe(before);
    await expect.poll(() => page.locator("#running time").innerText(), PATIENCE).not.toBe(elapsed);
  });
});
