import { expect, it } from "vitest";
import { describePage } from "./describe-page.ts";
import { shown } from "./watched-queue.ts";

describePage("how to add a job", {}, (watched) => {
  it("stands open while nothing waits, and the path in it can be copied", async () => {
    const page = await watched.open("/", { permissions: ["clipboard-read", "clipboard-write"] });
    const path = await page.locator("#queue-path").innerText();
    expect(path).toBe(watched.queue.layout.queue);
    expect(await page.locator("#how-to .example").innerText()).toContain("[QMOptions]");
    await page.getByRole("button", { name: "Copy the path" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(path);
    await page.getByRole("button", { name: "Copied" }).click();
    await page.getByRole("button", { name: "Copy the path" }).waitFor();
  });

  it("is there while jobs wait, too", async () => {
    const release = await watched.occupy();
    watched.queue.deliver("patient", { script: "true" });
    const page = await watched.open("/");
    await shown(page, "waiting", "patient");
    await page.reload();
    expect(await page.locator("#queue-path").isVisible()).toBe(false);
    await page.getByText("How to add a job").click();
    await page.locator("#queue-path").waitFor();
    release();
    await watched.queue.ended("patient");
  });
});
