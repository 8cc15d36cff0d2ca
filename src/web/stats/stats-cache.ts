import type { EndedIndex } from "../ended/ended-index.ts";
import { periodName } from "./periods.ts";
import { type QueueStats, statsOf } from "./queue-stats.ts";
import type { StatsQuery } from "./stats-query.ts";

interface Kept {
  readonly version: number;
  readonly stats: QueueStats;
}

const MAX_KEPT = 16;

/** Statistics, counted again only after a change; the few that were asked for last are kept. */
export class StatsCache {
  readonly #ended: Pick<EndedIndex, "version" | "attempts" | "refresh">;
  /** The one asked for last is the last. */
  readonly #kept = new Map<string, Kept>();

  constructor(ended: Pick<EndedIndex, "version" | "attempts" | "refresh">) {
    this.#ended = ended;
  }

  /** The statistics as of now. Throws what the file system throws. */
  async ask(query: StatsQuery, nowMs: number): Promise<QueueStats> {
    await this.#ended.refresh();
    const { by, days, owner = "" } = query;
    const key = [by, days, periodName(nowMs), owner.toLowerCase()].join(" ");
    const { version } = this.#ended;
    const found = this.#kept.get(key);
    const stats = found?.version === version ? found.stats : statsOf(this.#ended.attempts, query, nowMs);
    this.#kept.delete(key);
    this.#kept.set(key, { version, stats });
    this.#forgetOldest();
    return stats;
  }

  #forgetOldest(): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
