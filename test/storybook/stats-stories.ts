import type { ListedJob } from "../../src/web/ended/ended-index.ts";
import { statsOf } from "../../src/web/stats/queue-stats.ts";
import type { StatsQuery } from "../../src/web/stats/stats-query.ts";
import { statsView } from "../../src/web/view/stats-view.ts";
import { hostileAt } from "./hostile.ts";
import { labAttempts } from "./lab-ended.ts";
import { hostileEnded, longEnded } from "./many-ended.ts";
import type { Story } from "./story.ts";

/** The statistics page. */
export const statsStories: readonly Story[] = [
  { name: "stats-empty", template: "stats", model: (nowMs) => statsModel([], nowMs) },
  { name: "stats-busy", template: "stats", model: (nowMs) => statsModel(labAttempts(nowMs), nowMs) },
  {
    name: "stats-hostile",
    template: "stats",
    model: (nowMs) => statsModel(hostileEnded(nowMs), nowMs, { owner: hostileAt(1) }),
  },
  {
    name: "stats-hostile-owners",
    template: "stats",
    model: (nowMs) => statsModel(hostileEnded(nowMs), nowMs),
  },
  {
    name: "stats-10000-rows",
    template: "stats",
    model: (nowMs) => statsModel(longEnded(nowMs), nowMs, { days: "all" }),
  },
];

function statsModel(attempts: readonly ListedJob[], nowMs: number, asked: Partial<StatsQuery> = {}): object {
  const query = { by: "day", days: "30", ...asked } as const;
  const owners = [...new Set(attempts.map(({ owner }) => owner))];
  return statsView({ stats: statsOf(attempts, query, nowMs), query, owners, attempts: attempts.length });
}
