import fs from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePage } from "./describe-page.ts";
import { LONG_NAME, makeBusy, PAGES } from "./page-tour.ts";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describePage("axe finds nothing wrong", {}, (watched) => {
  /** The faults of a page, one line for each element. */
  async function faultsOf(page: Page, address: string): Promise<string[]> {
    await page.goto(watched.url + address);
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<AxeResults>("axe.run()");
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) =>
          `${address.replace(LONG_NAME, "LONG")}: ${id}: ${html.slice(0, 200)} ${failureSummary}`,
      ),
    );
  }

  // Its script is not the page's own, so the page's policy must let it in.
  const open = (colorScheme: "light" | "dark") => watched.open("/", { bypassCSP: true, colorScheme });

  it("on the page of an empty queue", async () => {
    expect(await faultsOf(await open("light"), "/")).toEqual([]);
  });

  it.each(["light", "dark"] as const)("on any page of a busy queue, %s", async (colorScheme) => {
    if (watched.queue.status()?.running.length === 0) await makeBusy(watched);
    const page = await open(colorScheme);
    const faults: string[] = [];
    for (const address of PAGES) faults.push(...(await faultsOf(page, address)));
    expect(faults).toEqual([]);
  });

  it.each(["light", "dark"] as const)("on a phone, %s", async (colorScheme) => {
    const page = await open(colorScheme);
    await page.setViewportSize({ width: 360, height: 700 });
    const faults: string[] = [];
    for (const address of ["/", "/jobs/good", "/jobs/runner"])
      faults.push(...(await faultsOf(page, address)));
    expect(faults).toEqual([]);
  });
});
