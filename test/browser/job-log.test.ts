import fs from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePage } from "./describe-page.ts";
import { isMarked, mark, PATIENCE } from "./watched-queue.ts";

const MANY_LINES = 'i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo "line $i"; done';
const WAIT = (file: string) => `until [ -e ${file} ]; do sleep 0.05; done`;

describePage("the page of a job", {}, (watched) => {
  /** Runs a job whose script waits for files, and opens its page. */
  async function openRunning(name: string, script: string): Promise<Page> {
    watched.queue.deliver(name, { script: `${script}\n` });
    await watched.queue.wrote(name, "up");
    const page = await watched.open(`/jobs/${name}`);
    await mark(page);
    return page;
  }

  function release(name: string, file: string): void {
    fs.writeFileSync(path.join(watched.queue.folder("running", name), file), "");
  }

  const log = (page: Page) => page.locator("#log");
  const scrolled = (page: Page) => page.evaluate<number>("document.getElementById('log').scrollTop");
  const isAtEnd = (page: Page) =>
    page.evaluate<boolean>(
      "(({scrollHeight, scrollTop, clientHeight}) => scrollHeight - scrollTop - clientHeight < 4)(document.getElementById('log'))",
    );

  it("follows the log, and shows the outcome when the job ends, without ever being loaded again", async () => {
    const page = await openRunning(
      "follower",
      `${MANY_LINES}; echo >up; ${WAIT("go")}; echo last words; exit 3`,
    );
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain("line 200");
    expect(await isAtEnd(page)).toBe(true);
    release("follower", "go");
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain("last words");
    await page.locator("#job-state", { hasText: "FAILED" }).waitFor();
    expect(await page.locator(".why").innerText()).toContain("exit code 3");
    await page.getByRole("button", { name: "Run again", exact: true }).waitFor();
    expect(await page.locator("#log-state").innerText()).toBe("The log has ended.");
    expect(await isAtEnd(page)).toBe(true);
    expect(await isMarked(page)).toBe(true);
  });

  it("stops following where a person scrolls up, keeps that place, and follows again when asked to", async () => {
    const script = `${MANY_LINES}; echo >up; ${WAIT("one")}; ${MANY_LINES}; echo part two; ${WAIT("two")}; echo part three; ${WAIT("go")}`;
    const page = await openRunning("scroller", script);
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain("line 200");
    await log(page).hover();
    await page.mouse.wheel(0, -1500);
    const follow = page.getByRole("checkbox", { name: "Follow" });
    await expect.poll(() => follow.isChecked(), PATIENCE).toBe(false);
    await expect.poll(() => isResting(page), PATIENCE).toBe(true);
    const place = await scrolled(page);
    release("scroller", "one");
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain("part two");
    expect(await scrolled(page)).toBe(place);
    await follow.check();
    expect(await isAtEnd(page)).toBe(true);
    release("scroller", "two");
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain("part three");
    expect(await isAtEnd(page)).toBe(true);
    release("scroller", "go");
    await page.locator("#job-state", { hasText: "done" }).waitFor();
  });

  // A wheel scrolls smoothly, over some frames.
  async function isResting(page: Page): Promise<boolean> {
    const before = await scrolled(page);
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    return (await scrolled(page)) === before;
  }

  it("shows colours, and of a bar drawn with \\r what a terminal would show", async () => {
    const bar = "printf ' 1 / 3\\r 2 / 3'; echo >up";
    const page = await openRunning(
      "painter",
      `printf '\\033[31mred\\033[0m plain\\n'; ${bar}; ${WAIT("go")}; printf '\\r 3 / 3\\n'`,
    );
    const red = log(page).locator("span.fg-1", { hasText: "red" });
    await red.waitFor();
    const colour = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector("${selector}")).color`);
    expect(await colour("#log .fg-1")).not.toBe(await colour("#log"));
    await expect.poll(() => log(page).innerText(), PATIENCE).toMatch(/red plain\n 2 \/ 3/);
    expect(await log(page).innerText()).not.toContain("1 / 3");
    release("painter", "go");
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain(" 3 / 3");
    expect(await log(page).innerText()).not.toContain("2 / 3");
    await watched.queue.ended("painter");
  });

  it("follows a job from its waiting to its start and its end", async () => {
    const free = await watched.occupy();
    watched.queue.deliver("patient", { script: `echo good morning; ${WAIT("go")}` });
    await expect.poll(() => watched.queue.status()?.waiting.length, PATIENCE).toBe(1);
    const page = await watched.open("/jobs/patient");
    await mark(page);
    await page.locator("#job-state", { hasText: "waiting" }).waitFor();
    expect(await page.locator("#log-empty").innerText()).toContain("begins when the job starts");
    expect(await log(page).isVisible()).toBe(false);
    expect(await page.getByRole("checkbox", { name: "Follow" }).isVisible()).toBe(false);
    free();
    await page.locator("#job-state", { hasText: "running" }).waitFor();
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain("good morning");
    expect(await log(page).isVisible()).toBe(true);
    expect(await page.getByRole("checkbox", { name: "Follow" }).isVisible()).toBe(true);
    release("patient", "go");
    await page.locator("#job-state", { hasText: "done" }).waitFor();
    expect(await isMarked(page)).toBe(true);
  });

  it("goes on with the log after an error has taken the page's place, as while a disk is away", async () => {
    const page = await openRunning(
      "away",
      `echo before; echo >up; ${WAIT("one")}; echo after; ${WAIT("go")}`,
    );
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain("before");
    await page.route(`${watched.url}/jobs/away`, async (route) =>
      route.fulfill({ response: await route.fetch({ url: `${watched.url}/no/such/page` }) }),
    );
    const change = watched.queue.folder("queue", "a change");
    fs.mkdirSync(change);
    await page.getByText("there is no such page").waitFor();
    await page.unrouteAll({ behavior: "wait" });
    fs.rmdirSync(change);
    release("away", "one");
    await expect.poll(() => log(page).innerText(), PATIENCE).toContain("after");
    expect(await page.getByRole("checkbox", { name: "Follow" }).isVisible()).toBe(true);
    release("away", "go");
    await page.locator("#job-state", { hasText: "done" }).waitFor();
    expect(await isMarked(page)).toBe(true);
  });
});
