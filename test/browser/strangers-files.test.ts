import fs from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describePage } from "./describe-page.ts";

const ATTACK = "window.hasRun = true; fetch('/stolen')";
const HTML = `<!doctype html><body onload="${ATTACK}"><script>${ATTACK}</script><img src=x onerror="${ATTACK}">`;
const FILES: Readonly<Record<string, string>> = {
  "x.html": HTML,
  "x.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><script>${ATTACK}</script></html>`,
  "x.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="${ATTACK}"><script>${ATTACK}</script></svg>`,
  "x.xml": `<x:script xmlns:x="http://www.w3.org/1999/xhtml">${ATTACK}</x:script>`,
  "x.txt": HTML,
  "x.png": HTML,
  "x.js": ATTACK,
};

describePage("a stranger's file", {}, (watched) => {
  beforeAll(async () => {
    await watched.finish("job");
    for (const [file, text] of Object.entries(FILES))
      fs.writeFileSync(path.join(watched.queue.folder("finished", "job"), file), text);
  });

  /** Goes to an address, where the browser may also find that it is to be stored. */
  async function visit(page: Page, address: string): Promise<void> {
    const download = page.waitForEvent("download").catch(() => undefined);
    const arrived = await page.goto(watched.url + address, { waitUntil: "load" }).catch((error: Error) => {
      if (!error.message.includes("Download is starting")) throw error;
      return undefined;
    });
    if (arrived === null || arrived === undefined) await download;
  }

  it("would run, were it a page of this server", async () => {
    const page = await watched.open("/no/such/page");
    await page.route("**/raw/**", (route) => route.fulfill({ contentType: "text/html", body: HTML }));
    await visit(page, "/raw/QM_dJobs/job/x.html");
    expect(await page.evaluate("window.hasRun")).toBe(true);
  });

  it.each(Object.keys(FILES))("%s runs nothing, as it is and in a page", async (file) => {
    const page = await watched.open("/no/such/page");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    for (const address of [`/raw/QM_dJobs/job/${file}`, `/view/QM_dJobs/job/${file}`]) {
      await visit(page, address);
      expect(await page.evaluate("window.hasRun")).toBeUndefined();
    }
    expect(asked).not.toContain("/stolen");
    expect(asked).toContain(`/raw/QM_dJobs/job/${file}`);
  });
});
