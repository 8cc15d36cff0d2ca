import { beforeAll, expect, it } from "vitest";
import { ENDED_ON_A_PAGE } from "../../src/web/view/front-view.ts";
import { jobRecord } from "../support/job-record.ts";
import { describePage } from "./describe-page.ts";
import { PATIENCE, row, shown } from "./watched-queue.ts";

describePage("the filter of the front page", {}, (watched) => {
  beforeAll(() => {
    record("ann", ENDED_ON_A_PAGE + 10);
    record("bob", 3);
  });

  /** Jobs of an owner that ended long ago; every other one failed. */
  function record(owner: string, count: number): void {
    const records = Array.from({ length: count }, (_, index) =>
      jobRecord(`${owner}-${index + 1}`, {
        state: index % 2 === 0 ? "done" : "failed",
        reason: `the command ended with exit code ${index % 2}`,
        owner,
        finishedAt: new Date(Date.UTC(2026, 0, 1, 0, index + 1)).toISOString(),
      }),
    );
    watched.queue.putManyEnded(records);
  }

  it("keeps what is being typed, and the focus, through an update", async () => {
    const page = await watched.open("/");
    const search = page.getByRole("searchbox", { name: "Search" });
    await search.pressSequentially("ann-");
    await watched.finish("an-update");
    await shown(page, "ended", "an-update");
    expect(await search.inputValue()).toBe("ann-");
    await page.keyboard.type("7");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=ann-7/);
    await shown(page, "ended", "ann-7");
    expect(await page.locator("#ended tbody tr").count()).toBe(1);
  });

  it("keeps outcome and owner through updates and pages", async () => {
    const page = await watched.open("/");
    await page.getByRole("combobox", { name: "Owner" }).fill("ann");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("link", { name: "Older" }).click();
    await page.waitForURL(/owner=ann.*page=2/);
    const rows = page.locator("#ended tbody tr");
    await expect.poll(() => rows.count(), PATIENCE).toBe(10);
    await watched.finish("not-of-ann");
    await page.locator("#ended tbody tr").first().waitFor();
    expect(await row(page, "ended", "not-of-ann").count()).toBe(0);
    expect(await page.getByRole("combobox", { name: "Owner" }).inputValue()).toBe("ann");
    await page.getByRole("combobox", { name: "Outcome" }).selectOption("failed");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/outcome=failed/);
    expect(new Set(await page.locator("#ended .state").allInnerTexts())).toEqual(new Set(["FAILED"]));
    expect(await rows.filter({ hasText: "bob" }).count()).toBe(0);
    await page.getByRole("link", { name: "Show all" }).click();
    await shown(page, "ended", "not-of-ann");
  });

  it("updates a filtered page with what fits the filter alone", async () => {
    const page = await watched.open("/?q=wanted");
    await page.getByText("No finished job fits.").waitFor();
    await watched.finish("other-job", "wanted-job");
    await shown(page, "ended", "wanted-job");
    expect(await row(page, "ended", "other-job").count()).toBe(0);
    expect(page.url()).toBe(`${watched.url}/?q=wanted`);
  });

  it("remembers in this browser who is looking", async () => {
    const page = await watched.open("/");
    expect(await page.getByRole("link", { name: "Mine" }).isVisible()).toBe(false);
    await page.getByRole("combobox", { name: "Owner" }).fill("bob");
    await page.getByRole("button", { name: "Remember this owner as me" }).click();
    await page.goto(`${watched.url}/`);
    await page.getByRole("link", { name: "Mine" }).click();
    await page.waitForURL(/owner=bob/);
    expect(await page.locator("#ended tbody tr").count()).toBe(3);
    await watched.finish("nobodys");
    await page.reload();
    expect(await page.getByRole("link", { name: "Mine" }).isVisible()).toBe(true);
  });

  it("a browser that keeps nothing for pages is not asked who is looking, and follows the queue all the same", async () => {
    const page = await watched.open("/no/such/page");
    await page.addInitScript(
      'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } })',
    );
    await page.goto(`${watched.url}/`);
    await page.getByRole("combobox", { name: "Owner" }).fill("bob");
    expect(await page.getByRole("button", { name: "Remember this owner as me" }).isVisible()).toBe(false);
    await watched.finish("without-a-store");
    await shown(page, "ended", "without-a-store");
  });
});
