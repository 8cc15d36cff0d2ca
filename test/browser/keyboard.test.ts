import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describePage } from "./describe-page.ts";
import { makeBusy } from "./page-tour.ts";

const MAX_STOPS = 200;

describePage("with the keyboard alone", {}, (watched) => {
  beforeAll(async () => {
    await makeBusy(watched);
  });

  const focused = (page: Page) =>
    page.evaluate<string>(
      "(document.activeElement.textContent || document.activeElement.name || '').trim().replace(/\\s+/g, ' ')",
    );

  /** Goes on with Tab until the focus is on something with this text. */
  async function tabTo(page: Page, text: string): Promise<void> {
    const seen: string[] = [];
    for (let stop = 0; stop < MAX_STOPS; stop += 1) {
      await page.keyboard.press("Tab");
      const at = await focused(page);
      if (at === text) return;
      seen.push(at);
    }
    throw new Error(`Tab never came to «${text}», but to ${seen.join(" | ")}`);
  }

  it("the first stop leads past the top of the page", async () => {
    const page = await watched.open("/");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Skip to the content");
    expect(await page.locator(".skip").boundingBox()).toMatchObject({ x: 16 });
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Pause the queue");
  });

  it("every stop can be seen", async () => {
    const page = await watched.open("/");
    for (let stop = 0; stop < 12; stop += 1) {
      await page.keyboard.press("Tab");
      expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    }
  });

  it("a job is held, and one is killed after a confirmation", async () => {
    const page = await watched.open("/");
    await tabTo(page, "Hold waiter");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Release waiter" }).waitFor();
    await tabTo(page, "Kill runner");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/kill/runner");
    await tabTo(page, "Kill it");
    await page.keyboard.press("Enter");
    await page.waitForURL(({ pathname }) => !pathname.startsWith("/kill/"));
    expect(await watched.queue.ended("runner")).toMatchObject({ state: "killed" });
  });
});
