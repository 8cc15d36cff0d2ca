import { Router } from "express";
import type { WebContext } from "../context.ts";
import { periodName } from "../stats/periods.ts";
import type { StatsCache } from "../stats/stats-cache.ts";
import { statsCsv } from "../stats/stats-csv.ts";
import { faultIn, readStatsQuery } from "../stats/stats-query.ts";
import { statsView } from "../view/stats-view.ts";

/** The statistics as a page and, with the same questions, as a table for other programs. */
export function statsRouter(
  { ended, render }: Pick<WebContext, "ended" | "render">,
  cache: StatsCache,
): Router {
  const router = Router();
  router.get("/stats", async (request, response) => {
    const query = readStatsQuery(request.query);
    const stats = await cache.ask(query, Date.now());
    const source = { stats, query, owners: ended.owners(), attempts: ended.attempts.length };
    render(response, "stats", { ...statsView(source) });
  });
  router.get("/stats.csv", async (request, response) => {
    const fault = faultIn(request.query);
    if (fault !== undefined) {
      response.status(400).type("text/plain").send(`400: ${fault}\n`);
      return;
    }
    const query = readStatsQuery(request.query);
    const nowMs = Date.now();
    const text = statsCsv(await cache.ask(query, nowMs), query.by);
    response.set("Cache-Control", "no-store");
    response.set("Content-Disposition", `attachment; filename="queue-statistics-${periodName(nowMs)}.csv"`);
    response.type("text/csv; charset=utf-8; header=present").send(text);
  });
  return router;
}
