import type { ListedJob } from "../../src/web/ended/ended-index.ts";
import { ended } from "./domain.ts";
import { HOSTILE, hostileAt } from "./hostile.ts";

/** Ended jobs of which everything that a stranger may write is hostile. */
export function hostileEnded(nowMs: number): ListedJob[] {
  return HOSTILE.map((name, at) =>
    ended(nowMs, {
      name: `e${name}`,
      owner: hostileAt(at + 1),
      description: hostileAt(at + 2),
      reason: hostileAt(at + 3),
      size: hostileAt(at + 4),
      state: "failed",
      seconds: at,
    }),
  );
}

/** Very many ended jobs over some years, oldest first. */
export function longEnded(nowMs: number): ListedJob[] {
  return Array.from({ length: 10_000 }, (_, at) =>
    ended(nowMs, {
      name: `finished-${at}`,
      owner: `user-${at % 40}@lab.example`,
      description: "one of many",
      state: at % 17 === 0 ? "failed" : "done",
      seconds: (10_000 - at) * 9000,
    }),
  );
}
