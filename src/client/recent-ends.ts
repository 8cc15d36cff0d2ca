import fs from "node:fs";
import path from "node:path";
import type { JobRecord } from "../core/record.ts";
import type { Layout } from "../folders/layout.ts";
import { readRecentHistory } from "../folders/recent-history.ts";

const SHOWN_OF_EACH = 5;

/** The last few that ended well and the last few that did not, newest first, whose folders are still there. */
export function recentEnds(layout: Layout): JobRecord[] {
  const seen = new Set<string>();
  const present = readRecentHistory(layout.history).filter(({ name }) => {
    const isLatest = !seen.has(name);
    seen.add(name);
    return isLatest && isPresent(layout, name);
  });
  const done = present.filter(({ state }) => state === "done").slice(0, SHOWN_OF_EACH);
  const failed = present.filter(({ state }) => state !== "done").slice(0, SHOWN_OF_EACH);
  return present.filter((record) => done.includes(record) || failed.includes(record));
}

function isPresent(layout: Layout, name: string): boolean {
  return [layout.finished, layout.lost].some((shelf) => fs.existsSync(path.join(shelf, name)));
}
