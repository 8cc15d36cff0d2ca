import fs from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { serveStorybook } from "./server.ts";
import { smallPng } from "./small-png.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../docs/screenshots");
// Always the same moment, so that pictures change only with what they show.
const NOW_MS = Date.UTC(2026, 2, 6, 13, 20);
const WIDE = { width: 1280, height: 900 };

interface Picture {
  readonly story: string;
  readonly file: string;
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  /** Cut off below; the whole page unless given. */
  readonly height?: number;
}

const PICTURES: readonly Picture[] = [
  { story: "front-busy", file: "front" },
  { story: "front-busy", file: "front-dark", colorScheme: "dark" },
  { story: "front-busy", file: "front-phone", width: 360, height: 1400 },
  { story: "front-empty", file: "front-empty" },
  { story: "job-running", file: "job-running" },
  { story: "job-failed", file: "job-failed" },
  { story: "folder-busy", file: "files" },
  { story: "stats-busy", file: "stats", height: 1500 },
  { story: "confirm-kill", file: "confirm" },
];

/** Takes a picture of a story as a visitor sees it. */
async function take(browser: Browser, url: string, picture: Picture): Promise<void> {
  const { story, file, width = WIDE.width, height, colorScheme = "light" } = picture;
  const viewport = { width, height: 400 };
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
  await page.clock.setFixedTime(NOW_MS);
  await page.goto(`${url}stories/${story}`);
  await page.locator(":root.has-script").waitFor();
  const whole = await page.evaluate<number>("document.documentElement.scrollHeight");
  await page.setViewportSize({ width, height: Math.min(whole, height ?? whole) });
  fs.writeFileSync(path.join(FOLDER, `${file}.png`), smallPng(await page.screenshot()));
  await page.close();
}

// The pictures show a lab's own clock, wherever they are taken.
process.env["TZ"] = "Europe/Paris";
fs.mkdirSync(FOLDER, { recursive: true });
const storybook = await serveStorybook(0, () => NOW_MS);
const browser = await launchBrowser();
for (const picture of PICTURES) await take(browser, storybook.url, picture);
await browser.close();
storybook.close();
process.stdout.write(`${PICTURES.length} pictures are in ${FOLDER}\n`);
