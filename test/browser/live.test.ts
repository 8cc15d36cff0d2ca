import fs from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { pause } from "../support/until.ts";
import { describePage } from "./describe-page.ts";
import { isMarked, mark, PATIENCE, row, shown } from "./watched-queue.ts";

const STEPS = 'for i in 1 2 3 4; do echo " $i / 4"; until [ -e step$i ]; do sleep 0.05; done; done';

describePage("a front page that is left open", {}, (watched) => {
  /** Copies a folder file by file, until the page has seen it come. */
  async function copySlowly(page: Page, name: string): Promise<void> {
    const source = watched.queue.stage({ script: STEPS }, { "input.txt": "much data" });
    const target = path.join(watched.queue.layout.queue, name);
    fs.mkdirSync(target);
    for (let part = 1; (await row(page, "arriving", name).count()) === 0; part += 1) {
      await fs.promises.cp(path.join(source, "input.txt"), path.join(target, `input-${part}.txt`));
      await pause(100);
    }
    await fs.promises.cp(source, target, { recursive: true });
  }

  function step(name: string, number: number): void {
    fs.writeFileSync(path.join(watched.queue.folder("running", name), `step${number}`), "");
  }

  it("shows a job arrive, wait, run with a bar that moves, and end, without ever being loaded again", async () => {
    const release = await watched.occupy();
    const page = await watched.open("/");
    await mark(page);
    await copySlowly(page, "genome-07");
    const waiting = await shown(page, "waiting", "genome-07");
    await expect.poll(() => waiting.innerText(), PATIENCE).toMatch(/processor/);
    release();
    const running = await shown(page, "running", "genome-07");
    const bar = running.locator("progress");
    const value = () => bar.getAttribute("value");
    await expect.poll(value, PATIENCE).toBe("25");
    step("genome-07", 1);
    await expect.poll(value, PATIENCE).toBe("50");
    step("genome-07", 2);
    await expect.poll(value, PATIENCE).toBe("75");
    expect(await page.title()).toContain("1 running");
    step("genome-07", 3);
    step("genome-07", 4);
    const ended = await shown(page, "ended", "genome-07");
    expect(await ended.locator(".state").innerText()).toBe("done");
    expect(await isMarked(page)).toBe(true);
  });

  it("says that the page process has died, and recovers by itself when it is back", async () => {
    const page = await watched.open("/");
    await mark(page);
    const { port } = watched;
    await watched.killPage();
    const connection = page.locator("#connection");
    await expect.poll(() => connection.innerText(), PATIENCE).toContain("connection lost");
    await watched.startPage(port);
    await watched.finish("after-the-crash");
    await shown(page, "ended", "after-the-crash");
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("");
    expect(await isMarked(page)).toBe(true);
  });

  it("that was opened while the queue's folders were away shows the queue when they are back", async () => {
    const { root } = watched.queue.layout;
    fs.renameSync(root, `${root}.away`);
    const page = await watched.open("/");
    await mark(page);
    await page.getByText("are not there, or cannot be reached").waitFor();
    fs.renameSync(`${root}.away`, root);
    await page.locator("#running").waitFor();
    expect(await isMarked(page)).toBe(true);
  });

  it("keeps a selected text selected", async () => {
    await watched.finish("to-be-selected");
    const page = await watched.open("/");
    const name = (await shown(page, "ended", "to-be-selected")).locator("a").first();
    await name.selectText();
    await watched.finish("meanwhile");
    await shown(page, "ended", "meanwhile");
    expect(await page.evaluate("getSelection().toString()")).toBe("to-be-selected");
  });

  it("keeps opened what a person has opened, and the place scrolled to", async () => {
    const release = await watched.occupy("before-the-scroll");
    watched.queue.deliver("kept-waiting", { script: "true" });
    const page = await watched.open("/", { viewport: { width: 800, height: 300 } });
    await shown(page, "waiting", "kept-waiting");
    await page.reload();
    await page.locator("#how-to summary").click();
    await page.locator("#how-to .path").waitFor();
    const top = () => page.evaluate<number>("scrollY");
    const before = await top();
    expect(before).toBeGreaterThan(0);
    watched.queue.deliver("meanwhile-2", { script: "true" });
    await shown(page, "waiting", "meanwhile-2");
    expect(await page.locator("#how-to .path").isVisible()).toBe(true);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("How to add a job");
    expect(await top()).toBe(before);
    release();
    await watched.queue.ended("meanwhile-2");
  });

  it("tells what the manager does no more when it has ended", async () => {
    const page = await watched.open("/");
    await watched.queue.manager.kill();
    await page.locator(".notice", { hasText: "No manager runs" }).waitFor();
    await watched.queue.start();
    await page.locator(".notice", { hasText: "No manager runs" }).waitFor({ state: "detached" });
  });
});
