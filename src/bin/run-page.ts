import os from "node:os";
import { fileURLToPath } from "node:url";
import type { PageOrder } from "../cli/services.ts";
import { servePage } from "../web/serve.ts";
import { closeInheritedDescriptors } from "../worker/process/inherited-descriptors.ts";
import { liveness } from "./liveness.ts";

/** Whatever looks at the page must not slow the jobs: it gets what processor time they leave. */
const NICENESS = 5;

/** Serves the page in this process until it is told to end, or the manager that started it has gone. Throws `QmError`. */
export async function runPage(order: PageOrder, root: string): Promise<void> {
  // The descriptors that the manager was started with are for that alone.
  if (process.connected) closeInheritedDescriptors();
  // A lower priority that the process was started with is kept.
  if (os.getPriority() < NICENESS) os.setPriority(NICENESS);
  const ended = endOfProcess();
  try {
    await servePageUntil(ended, order, root);
  } finally {
    // The channel to the manager would keep this process alive.
    if (process.connected) process.disconnect();
  }
}

async function servePageUntil(
  ended: Promise<void>,
  { loaded, load, onReady, onTrouble }: PageOrder,
  root: string,
): Promise<void> {
  const page = await servePage({
    loaded,
    load,
    liveness,
    root,
    morphScript: fileURLToPath(import.meta.resolve("idiomorph/dist/idiomorph.esm.js")),
    log: onTrouble,
  });
  onReady(page.url);
  await ended;
  await page.close();
}

function endOfProcess(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => resolve());
    process.on("disconnect", () => resolve());
    // It has gone already, before anybody listened.
    if (process.connected === false) resolve();
  });
}
