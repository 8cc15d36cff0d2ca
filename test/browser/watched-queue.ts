import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import type { Settings } from "../support/queue-folder.ts";
import { TestQueue } from "../support/test-queue.ts";
import { PATIENCE_MS, pause, until } from "../support/until.ts";

const DIST = process.env["QM_TEST_DIST"] ?? path.join(import.meta.dirname, "../../dist");

/** Patience of a test with what a page is to show; a busy machine is slow. */
export const PATIENCE = { timeout: PATIENCE_MS };

const CLOSING_MS = 30_000;

/** The page's rights, its refresh, and the rest of the configuration. */
export interface WatchSettings {
  /** `Licence_to_kill` and `Delete_Jobs`; true unless set. */
  readonly mayAct?: boolean;
  readonly refreshSeconds?: number;
  readonly server?: Settings;
}

/** A queue with its manager and its page as processes of the built program, and a browser that looks at it. */
export class WatchedQueue {
  readonly #settings: WatchSettings;
  #queue: TestQueue | undefined;
  #browser: Browser | undefined;
  #contexts: BrowserContext[] = [];
  #process: PageProcess | undefined;

  constructor(settings: WatchSettings = {}) {
    this.#settings = settings;
  }

  /** Starts all three. */
  async start(): Promise<void> {
    this.#browser = await launchBrowser();
    this.#queue = new TestQueue({ MaxNbProcessors: 1, ...this.#settings.server });
    await this.#queue.start();
    await this.startPage(0);
  }

  get queue(): TestQueue {
    if (this.#queue === undefined) throw new Error("the queue was not started");
    return this.#queue;
  }

  /** Starts the page process on a port; 0 lets the system choose. */
  async startPage(port: number): Promise<void> {
    this.#configurePage(port);
    this.#process = new PageProcess(this.queue.configFile);
    await this.#process.ready();
  }

  /** Ends the page process as a crash would. */
  async killPage(): Promise<void> {
    await this.#process?.kill();
  }

  /** Lets the page process stand still, or go on. */
  letPage(state: "hang" | "go on"): void {
    this.#process?.signal(state === "hang" ? "SIGSTOP" : "SIGCONT");
  }

  /** Without a slash at its end. */
  get url(): string {
    if (this.#process?.url === undefined) throw new Error("the page process was not started");
    return this.#process.url.replace(/\/$/, "");
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** A page of its own in the browser, as a new visitor sees it. */
  async open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (this.#browser === undefined) throw new Error("the browser was not started");
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    this.#contexts.push(context);
    const page = await context.newPage();
    await page.goto(this.url + address);
    return page;
  }

  /** Occupies the only processor until the function that it gives is called. */
  async occupy(name = "occupier"): Promise<() => void> {
    this.queue.deliver(name, { script: "echo >up; until [ -e go ]; do sleep 0.05; done" });
    await this.queue.wrote(name, "up");
    return () => fs.writeFileSync(path.join(this.queue.folder("running", name), "go"), "");
  }

  /** Delivers jobs that end at once and waits until they rest. */
  async finish(...names: readonly string[]): Promise<void> {
    for (const name of names) this.queue.deliver(name, { script: "echo finished" });
    for (const name of names) await this.queue.ended(name);
  }

  /** Closes what the visitors of one test have opened; a browser that is just on its way to a page may never tell that it has. */
  async leave(): Promise<void> {
    const closed = this.#contexts.splice(0).map(async (context) => await context.close());
    await Promise.race([Promise.all(closed), pause(CLOSING_MS)]);
  }

  /** Ends everything and removes what it made. */
  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#process?.kill();
    await this.#queue?.close();
  }

  #configurePage(port: number): void {
    const { mayAct = true, refreshSeconds = 10, server = {} } = this.#settings;
    const flag = mayAct ? "True" : "False";
    const page = { The_Port: port, Refresh_Rate: refreshSeconds, Licence_to_kill: flag, Delete_Jobs: flag };
    this.queue.configure({ MaxNbProcessors: 1, ...server }, { WEB_QMserver: page });
  }
}

/** Proves later that a page was never loaded again. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate("window.qmMark = 'here since the beginning'");
}

/** True while a page is still the one that was marked. */
export async function isMarked(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>("window.qmMark === 'here since the beginning'");
}

/** The row of a job in a section of the front page. */
export function row(page: Page, section: string, name: string): Locator {
  return page.locator(`#${section} :is(tbody tr, li)`).filter({ hasText: name });
}

/** Waits until a job's row is in a section of the front page. */
export async function shown(page: Page, section: string, name: string): Promise<Locator> {
  const found = row(page, section, name);
  await found.waitFor();
  return found;
}

/** The page process of the built program. */
class PageProcess {
  url: string | undefined;
  #said = "";
  #hasEnded = false;
  readonly #child: ChildProcess;

  constructor(configFile: string) {
    const qm = path.join(DIST, "bin/qm.js");
    this.#child = spawn(process.execPath, [qm, "--config", configFile, "web"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    this.#child.once("exit", () => {
      this.#hasEnded = true;
    });
  }

  async ready(): Promise<void> {
    await until("the page's address", () => {
      if (this.#hasEnded) throw new Error(`the page process ended: ${this.#said}`);
      return this.url;
    });
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await until("the end of the page process", () => this.#hasEnded);
  }

  #hear(text: string): void {
    this.#said += text;
    this.url ??= /^the page: (\S+)$/m.exec(this.#said)?.[1];
  }
}
