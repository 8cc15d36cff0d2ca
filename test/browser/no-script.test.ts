import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { until } from "../support/until.ts";
import { describePage } from "./describe-page.ts";
import { PATIENCE, shown } from "./watched-queue.ts";

describePage("without JavaScript", { refreshSeconds: 1 }, (watched) => {
  const open = (address: string) => watched.open(address, { javaScriptEnabled: false });
  // A page that loads itself again just then breaks off the visit of another.
  const go = (page: Page, address: string) =>
    expect.poll(() => page.goto(watched.url + address), PATIENCE).not.toBeNull();

  it("every page reads, and has no button that only a script could serve", async () => {
    await watched.finish("read-me");
    const texts: Readonly<Record<string, RegExp>> = {
      "/": /processors? busy[\s\S]*read-me/,
      "/jobs/read-me": /exit code 0[\s\S]*finished[\s\S]*Record/,
      "/view/QM_dJobs/read-me/": /process\.log/,
      "/view/QM_dJobs/read-me/process.log": /finished/,
      "/stats": /Download as CSV/,
      "/jobs/nobody": /no job of this name/,
    };
    const page = await open("/");
    for (const [address, text] of Object.entries(texts)) {
      await go(page, address);
      await expect.poll(() => page.locator("main").innerText(), PATIENCE).toMatch(text);
      await expect.poll(() => page.locator(".script:visible").count(), PATIENCE).toBe(0);
    }
  });

  it("the page loads itself again and shows what has happened", async () => {
    const page = await open("/");
    await watched.finish("seen-later");
    await shown(page, "ended", "seen-later");
  });

  it("the page stands still for those who ask it to, so that what they type is not lost", async () => {
    await watched.finish("typed-in-peace", "another");
    const page = await open("/");
    const refresh = page.locator("meta[http-equiv=refresh]");
    await expect.poll(() => refresh.count(), PATIENCE).toBe(1);
    await page.getByRole("link", { name: "Let it stand still" }).click();
    await page.waitForURL(/still=yes/);
    expect(await refresh.count()).toBe(0);
    await page.getByRole("searchbox", { name: "Search" }).fill("in-peace");
    await page.getByRole("button", { name: "Filter" }).click();
    await shown(page, "ended", "typed-in-peace");
    expect(await page.locator("#ended tbody tr").count()).toBe(1);
    expect(await refresh.count()).toBe(0);
  });

  it("hold, run again, and kill with its confirmation work", async () => {
    await watched.finish("repeated");
    await watched.occupy("victim");
    watched.queue.deliver("patient", { script: "true" });
    await until("a waiting job", () => watched.queue.status()?.waiting.length === 1);
    const page = await open("/");
    await page.getByRole("button", { name: "Hold patient" }).click();
    await until("the hold", () => watched.queue.status()?.waiting[0]?.held);
    await go(page, "/jobs/repeated");
    await page.getByRole("button", { name: "Run again", exact: true }).click();
    await go(page, "/jobs/victim");
    await page.getByRole("link", { name: "Kill" }).click();
    await page.getByRole("button", { name: "Kill it" }).click();
    expect(await watched.queue.ended("victim")).toMatchObject({ state: "killed" });
    await until("the second attempt", () => watched.queue.record("repeated")?.attempt === 2);
    expect(watched.queue.stagesOf("patient")).toEqual(["queue"]);
  });
});
