import fs from "node:fs";
import type { Layout } from "../queue/layout.ts";

/**
 * Makes the manager look at once: it watches the root folder, whose times this moves. Whoever may not do that waits
 * for its next scan.
 */
export function wakeManager({ root }: Pick<Layout, "root">): void {
  const now = new Date();
  try {
    fs.utimesSync(root, now, now);
  } catch {
    // Not the folder's owner.
  }
}
