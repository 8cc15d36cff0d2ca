import { spawnSync } from "node:child_process";
import { type Browser, chromium } from "playwright-core";
import { orSkip } from "./tools.ts";

const PROGRAMS = ["/usr/bin/chromium", "chromium"];

// Tests look at this machine alone: whatever a browser does by itself in the background is switched off.
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** True if there is a browser for the tests that need one, as {@link orSkip}. */
export function browserOrSkip(): boolean {
  return orSkip(browserProgram() !== undefined, "chromium");
}

/** Starts a browser without a window. Throws where there is none. */
export async function launchBrowser(): Promise<Browser> {
  const program = browserProgram();
  if (program === undefined) throw new Error("chromium is not on this machine");
  return await chromium.launch({ executablePath: program, args: FLAGS });
}

function browserProgram(): string | undefined {
  for (const program of PROGRAMS) {
    const found = spawnSync("sh", ["-c", 'command -v "$1"', "sh", program], { encoding: "utf8" });
    if (found.status === 0) return found.stdout.trim();
  }
  return undefined;
}
