import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { describePage } from "./describe-page.ts";
import { isMarked, mark, PATIENCE, row, shown } from "./watched-queue.ts";

describePage("the buttons of the page", {}, (watched) => {
  it("kill asks first: «No, leave it» changes nothing, «Kill it» ends the job", async () => {
    await watched.occupy("victim");
    const page = await watched.open("/?outcome=failed");
    const kill = page.getByRole("link", { name: "Kill victim" });
    await kill.click();
    await page.getByRole("link", { name: "No, leave it" }).click();
    await page.waitForURL("**/?outcome=failed");
    expect(fs.existsSync(path.join(watched.queue.folder("running", "victim"), "QM_KILL"))).toBe(false);
    await page.goto(`${watched.url}/jobs/victim`);
    await page.getByRole("link", { name: "Kill", exact: true }).click();
    await page.getByRole("button", { name: "Kill it" }).click();
    expect(await watched.queue.ended("victim")).toMatchObject({ state: "killed" });
    await page.waitForURL("**/jobs/victim");
    await page.locator("#job-state", { hasText: "KILLED" }).waitFor();
  });

  it("withdraw ends a waiting job before it has run", async () => {
    const release = await watched.occupy("before");
    watched.queue.deliver("unwanted", { script: "echo >ran" });
    const page = await watched.open("/");
    await shown(page, "waiting", "unwanted");
    await page.getByRole("link", { name: "Withdraw unwanted" }).click();
    await page.getByRole("button", { name: "Withdraw it" }).click();
    expect(await watched.queue.ended("unwanted")).toMatchObject({ state: "killed" });
    expect(watched.queue.read("unwanted", "ran")).toBeUndefined();
    release();
    await watched.queue.ended("before");
  });

  it("delete asks first, then the folder is gone", async () => {
    await watched.finish("old-one");
    const page = await watched.open("/?q=old");
    const open = page.getByRole("link", { name: "Delete old-one" });
    await open.click();
    await page.getByRole("link", { name: "No, leave it" }).click();
    await page.waitForURL("**/?q=old");
    expect(watched.queue.stagesOf("old-one")).toEqual(["finished"]);
    await page.goto(`${watched.url}/jobs/old-one`);
    await page.getByRole("link", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.waitForURL(`${watched.url}/`);
    expect(watched.queue.stagesOf("old-one")).toEqual([]);
    expect(await row(page, "ended", "old-one").count()).toBe(0);
  });

  it("run again runs a finished job as its next attempt", async () => {
    await watched.finish("once-more");
    const page = await watched.open("/");
    await page.getByRole("button", { name: "Run again once-more" }).click();
    await until("the second attempt", () => watched.queue.record("once-more")?.attempt === 2);
    await watched.queue.ended("once-more");
    await page.goto(`${watched.url}/jobs/once-more`);
    expect(await page.locator("#attempts").innerText()).toMatch(/2\..*done[\s\S]*1\..*done/);
  });

  describe("of waiting jobs", () => {
    let release: () => void;

    beforeEach(async () => {
      release = await watched.occupy("holder");
      watched.queue.deliver("first", { script: "true" });
      await until("first in the line", () => watched.queue.status()?.waiting.length === 1);
      watched.queue.deliver("second", { script: "true" });
      await until("second in the line", () => watched.queue.status()?.waiting.length === 2);
    });

    afterEach(async () => {
      release();
      for (const name of ["holder", "first", "second"]) await watched.queue.ended(name);
      for (const name of ["holder", "first", "second"])
        fs.rmSync(watched.queue.folder("finished", name), { recursive: true });
    });

    it("top moves one to the head, hold keeps it, release lets it go", async () => {
      const page = await watched.open("/");
      await page.getByRole("button", { name: "Top second" }).click();
      const first = page.locator("#waiting tbody tr").first();
      await expect.poll(() => first.innerText(), PATIENCE).toContain("second");
      await page.getByRole("button", { name: "Hold second" }).click();
      await page.getByRole("button", { name: "Release second" }).waitFor();
      await expect.poll(() => row(page, "waiting", "second").innerText(), PATIENCE).toMatch(/held|QM_HOLD/);
      await page.getByRole("button", { name: "Release second" }).click();
      await page.getByRole("button", { name: "Hold second" }).waitFor();
      expect(fs.existsSync(path.join(watched.queue.folder("queue", "second"), "QM_HOLD"))).toBe(false);
    });

    it("the job's own page has them too", async () => {
      const page = await watched.open("/jobs/second");
      await page.getByRole("button", { name: "To the head of its priority" }).click();
      await until("the new order", () => watched.queue.status()?.waiting[0]?.name === "second");
      await page.getByRole("button", { name: "Hold", exact: true }).click();
      await page.locator("#job-state", { hasText: "held" }).waitFor();
      await page.getByRole("button", { name: "Release" }).click();
      await page.locator("#job-state", { hasText: "waiting" }).waitFor();
    });
  });

  it("pause keeps jobs from starting until they may again", async () => {
    const page = await watched.open("/");
    await page.getByRole("button", { name: "Pause the queue" }).click();
    await page.locator(".notice", { hasText: "paused" }).waitFor();
    await until("the pause", () => watched.queue.status()?.paused);
    watched.queue.deliver("patient", { script: "true" });
    await shown(page, "waiting", "patient");
    await page.getByRole("button", { name: "Let jobs start again" }).click();
    await mark(page);
    expect(await watched.queue.ended("patient")).toMatchObject({ state: "done" });
    await shown(page, "ended", "patient");
    expect(await isMarked(page)).toBe(true);
  });
});

describePage("without Licence_to_kill and Delete_Jobs", { mayAct: false }, (watched) => {
  it("no page has a button that acts", async () => {
    await watched.finish("rested");
    await watched.occupy("busy");
    watched.queue.deliver("patient", { script: "true" });
    const page = await watched.open("/");
    await shown(page, "waiting", "patient");
    for (const address of ["/", "/jobs/rested", "/jobs/busy", "/jobs/patient"]) {
      await page.goto(watched.url + address);
      expect(
        await page
          .locator("form[method=post], button[formaction], .danger, a[href^='/kill/'], a[href^='/delete/']")
          .count(),
      ).toBe(0);
    }
    await page.goto(`${watched.url}/kill/busy`);
    expect(await page.locator("main").innerText()).toMatch(/may not kill/);
  });
});
