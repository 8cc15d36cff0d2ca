import { Router } from "express";
import type { Tally } from "../../app/tally.ts";
import type { WebContext } from "../context.ts";
import { refuseInText } from "../errors.ts";
import { FIGURES } from "../stats/figures.ts";
import type { QueueStats } from "../stats/queue-stats.ts";
import { faultIn, type PeriodKind, periodName, readStatsQuery } from "../stats/stats-query.ts";
import { statsView } from "../view/stats-view.ts";

/** The statistics as a page and, with the same questions, as a table for other programs. */
export function statsRouter({ ended, stats: cache, render }: WebContext): Router {
  const router = Router();
  router.get("/stats", async (request, response) => {
    const query = readStatsQuery(request.query);
    const stats = await cache.ask(query, Date.now());
    const source = { stats, query, owners: ended.owners(), attempts: ended.attempts.length };
    render(response, "stats", { ...statsView(source) });
  });
  router.get("/stats.csv", async (request, response) => {
    const fault = faultIn(request.query);
    if (fault !== undefined) return refuseInText(response, 400, `400: ${fault}`);
    const query = readStatsQuery(request.query);
    const nowMs = Date.now();
    const text = statsCsv(await cache.ask(query, nowMs), query.by);
    response.set("Content-Disposition", `attachment; filename="queue-statistics-${periodName(nowMs)}.csv"`);
    response.type("text/csv; charset=utf-8; header=present").send(text);
  });
  return router;
}

type Cell = string | number | undefined;

const HEAD = ["by", "key", ...FIGURES.map(({ name }) => name)];

/** The statistics as one table: all, then each owner, then each day or week in which a job ended (RFC 4180). */
export function statsCsv({ total, byOwner, byPeriod }: QueueStats, by: PeriodKind): string {
  const rows = [
    HEAD,
    rowOf("all", "", total),
    ...byOwner.map(([owner, tally]) => rowOf("owner", owner, tally)),
    ...byPeriod.filter(([, { jobs }]) => jobs > 0).map(([start, tally]) => rowOf(by, start, tally)),
  ];
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function rowOf(by: string, key: string, tally: Tally): Cell[] {
  return [by, key, ...FIGURES.map((figure) => tally[figure.key])];
}

// A spreadsheet takes a text that begins so for a formula, which a stranger's name must not become.
function cellText(cell: Cell): string {
  if (typeof cell !== "string") return cell === undefined ? "" : String(cell);
  const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
