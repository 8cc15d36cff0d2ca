import fs from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { until } from "../support/until.ts";
import { describePage } from "./describe-page.ts";
import { shown } from "./watched-queue.ts";

describePage("a page goes on following the queue", {}, (watched) => {
  const focused = (page: Page) => page.evaluate<string>("document.activeElement.id");

  it("after a click on plain text", async () => {
    const page = await watched.open("/");
    await page.locator("h1").click();
    expect(await focused(page)).toBe("main");
    await watched.finish("after-a-click");
    await shown(page, "ended", "after-a-click");
    expect(await focused(page)).toBe("main");
  });

  it("while text is selected with the mouse", async () => {
    const page = await watched.open("/");
    await page.locator("#running-title").dblclick({ position: { x: 10, y: 10 } });
    expect(await page.evaluate("getSelection().toString().trim()")).toBe("Running");
    await watched.finish("while-selected");
    await shown(page, "ended", "while-selected");
    expect(await page.evaluate("getSelection().toString().trim()")).toBe("Running");
  });

  it("while text is selected and a folder arrives, and goes again", async () => {
    const page = await watched.open("/");
    await page.locator("#running-title").dblclick({ position: { x: 10, y: 10 } });
    const folder = watched.queue.put("queue", "half-a-copy", { script: "true" }, { "data.csv.part": "half" });
    await shown(page, "arriving", "half-a-copy");
    expect(await page.evaluate("getSelection().toString().trim()")).toBe("Running");
    fs.rmSync(folder, { recursive: true });
    await page.locator("#arriving").waitFor({ state: "detached" });
    expect(await page.evaluate("getSelection().toString().trim()")).toBe("Running");
  });

  it("after the skip to the content", async () => {
    const page = await watched.open("/");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("main");
    await watched.finish("after-the-skip");
    await shown(page, "ended", "after-the-skip");
  });

  it("on a job's page that was clicked before the job's end", async () => {
    const release = await watched.occupy("clicked");
    const page = await watched.open("/jobs/clicked");
    await page.locator("#facts-title").click();
    expect(await focused(page)).toBe("main");
    release();
    await page.locator("#job-state", { hasText: "done" }).waitFor();
    await page.locator("#facts", { hasText: "Exit code" }).waitFor();
  });

  it("with the focus on a button, which always does what it says", async () => {
    const release = await watched.occupy("before-it");
    watched.queue.deliver("held-elsewhere", { script: "true" });
    const page = await watched.open("/");
    const button = (await shown(page, "waiting", "held-elsewhere")).locator("button").first();
    await button.focus();
    watched.queue.request("queue", "held-elsewhere", "QM_HOLD");
    await page.locator('[formaction="/jobs/held-elsewhere/release"]').waitFor();
    expect(await button.innerText()).toMatch(/^Release/);
    expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    fs.rmSync(path.join(watched.queue.folder("queue", "held-elsewhere"), "QM_HOLD"));
    await until("its release", () => watched.queue.status()?.waiting[0]?.held === false);
    release();
    await watched.queue.ended("held-elsewhere");
  });
});
