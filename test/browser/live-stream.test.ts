import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePage } from "./describe-page.ts";
import { isMarked, mark, PATIENCE, shown } from "./watched-queue.ts";

const POLL_MS = 10_000;
const MAX_SILENCE_MS = 40_000;

/** Lets a test decide whether the page is hidden, and see which streams it has opened. */
const WATCH_STREAMS = `
  window.isHidden = true;
  Object.defineProperty(document, "hidden", { get: () => window.isHidden });
  window.streams = [];
  window.EventSource = class extends EventSource {
    constructor(address) {
      super(address);
      window.streams.push(this);
    }
  };`;

describePage("the stream of a page", {}, (watched) => {
  const openStreams = (page: Page) =>
    page.evaluate<number>("streams.filter(({ readyState }) => readyState !== EventSource.CLOSED).length");

  async function setHidden(page: Page, isHidden: boolean): Promise<void> {
    await page.evaluate(`isHidden = ${isHidden}; document.dispatchEvent(new Event("visibilitychange"))`);
  }

  it("is opened when the page is looked at, once, and let go when it is not", async () => {
    const page = await watched.open("/no/such/page");
    await page.addInitScript(WATCH_STREAMS);
    await page.goto(`${watched.url}/`);
    await page.locator(":root.has-script").waitFor();
    expect(await openStreams(page)).toBe(0);
    await watched.finish("while-hidden");
    await setHidden(page, false);
    await shown(page, "ended", "while-hidden");
    await setHidden(page, false);
    expect(await openStreams(page)).toBe(1);
    await setHidden(page, true);
    await setHidden(page, true);
    expect(await openStreams(page)).toBe(0);
    await setHidden(page, false);
    expect(await openStreams(page)).toBe(1);
    await watched.finish("seen-again");
    await shown(page, "ended", "seen-again");
  });

  it("is one with the log's while a job runs, so that many windows stay within a browser's six connections", async () => {
    const free = await watched.occupy("talker");
    const first = await watched.open("/no/such/page");
    await first.addInitScript(WATCH_STREAMS);
    const pages = [first];
    for (let others = 4; others > 0; others -= 1) pages.push(await first.context().newPage());
    for (const page of pages) {
      await page.goto(`${watched.url}/jobs/talker`);
      await page.locator("#job-state", { hasText: "running" }).waitFor();
    }
    await setHidden(first, false);
    await expect.poll(() => openStreams(first), PATIENCE).toBe(1);
    free();
    for (const page of pages) await page.locator("#job-state", { hasText: "done" }).waitFor();
    await expect.poll(() => openStreams(first), PATIENCE).toBe(1);
    expect(await first.evaluate("streams.at(-1).url")).toBe(`${watched.url}/events`);
  });

  it("where it is refused, the page asks every few seconds, says so, and tries the stream again", async () => {
    const page = await watched.open("/no/such/page");
    const connection = page.locator("#connection");
    await page.clock.install();
    await page.route("**/events", (route) => route.fulfill({ status: 503, body: "too many pages" }));
    await page.goto(`${watched.url}/`);
    await mark(page);
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("updating every 10 s");
    await watched.finish("asked-for");
    await page.clock.fastForward(POLL_MS);
    await shown(page, "ended", "asked-for");
    expect(await connection.innerText()).toBe("updating every 10 s");
    await page.unroute("**/events");
    await page.clock.fastForward(POLL_MS);
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("");
    await watched.finish("told-of");
    await shown(page, "ended", "told-of");
    expect(await isMarked(page)).toBe(true);
  });

  it("what a proxy answers in the server's place never becomes the page, which comes back by itself", async () => {
    const page = await watched.open("/");
    await mark(page);
    const title = await page.title();
    const connection = page.locator("#connection");
    await page.route(`${watched.url}/`, (route) =>
      route.fulfill({
        status: 502,
        contentType: "text/html",
        body: "<title>502 Bad Gateway</title><h1>502</h1>",
      }),
    );
    await watched.finish("behind-the-proxy");
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("connection lost, trying again");
    expect(await page.title()).toBe(title);
    await page.unroute(`${watched.url}/`);
    // Without any further change.
    await shown(page, "ended", "behind-the-proxy");
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("");
    expect(await page.locator("#clock").innerText()).toMatch(/^\d\d:\d\d:\d\d \(/);
    expect(await isMarked(page)).toBe(true);
  });

  it("does not keep the page from asking again after an answer that tells of trouble, though nothing changes", async () => {
    const page = await watched.open("/");
    await mark(page);
    const connection = page.locator("#connection");
    const old = await (await fetch(`${watched.url}/`)).text();
    await page.route(`${watched.url}/`, (route) =>
      route.fulfill({ status: 503, contentType: "text/html", body: old }),
    );
    await watched.finish("during-the-trouble");
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("updating every 10 s");
    await page.unroute(`${watched.url}/`);
    await shown(page, "ended", "during-the-trouble");
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("");
    expect(await isMarked(page)).toBe(true);
  });

  it("that falls silent counts as lost, though nothing has ended it, and is opened again", async () => {
    const page = await watched.open("/no/such/page");
    await page.clock.install();
    await page.goto(`${watched.url}/`);
    await mark(page);
    await watched.finish("before-the-silence");
    await shown(page, "ended", "before-the-silence");
    const connection = page.locator("#connection");
    expect(await connection.innerText()).toBe("");
    watched.letPage("hang");
    await page.clock.fastForward(MAX_SILENCE_MS);
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("connection lost, trying again");
    watched.letPage("go on");
    await watched.finish("after-the-silence");
    await page.clock.fastForward(POLL_MS);
    await shown(page, "ended", "after-the-silence");
    await expect.poll(() => connection.innerText(), PATIENCE).toBe("");
    expect(await isMarked(page)).toBe(true);
  });
});
