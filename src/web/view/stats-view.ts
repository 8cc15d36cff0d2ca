import type { Tally } from "../../app/tally.ts";
import { formatDuration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import { countText, hoursText } from "../stats/figures.ts";
import type { QueueStats } from "../stats/queue-stats.ts";
import { PERIODS, SPANS, type StatsQuery, statsLink } from "../stats/stats-query.ts";
import { ownerChoices } from "./front-query.ts";
import { ownerCharts } from "./stats-owners.ts";
import { periodPlots } from "./stats-periods.ts";

/** The source of the statistics page. */
export interface StatsSource {
  readonly stats: QueueStats;
  readonly query: StatsQuery;
  /** All there are. */
  readonly owners: readonly string[];
  /** Number of attempts that have ended since the queue was made. */
  readonly attempts: number;
}

/** Most days or weeks that are shown; the CSV has them all. */
const MAX_PERIODS = 400;

const SPAN_WORDS = { "30": "30 days", "90": "90 days", "365": "365 days", all: "all times" } as const;

/** The model of `stats.ejs`; texts that do not apply are empty. */
export function statsView({ stats, query, owners, attempts }: StatsSource) {
  const { total, byOwner, byPeriod } = stats;
  const shown = byPeriod.slice(-MAX_PERIODS);
  const isCut = shown.length < byPeriod.length;
  return {
    title: "Statistics · QueueManager",
    headline: headlineOf(total, query, byPeriod[0]?.[0] ?? ""),
    summary: summaryOf(total),
    isEmpty: total.jobs === 0,
    // Nothing has ended at all, ever.
    isNew: attempts === 0,
    owner: query.owner ?? "",
    owners: ownerChoices(owners),
    spans: SPANS.map((value) => ({ value, text: SPAN_WORDS[value], isChosen: value === query.days })),
    periods: PERIODS.map((value) => ({ value, text: value, isChosen: value === query.by })),
    csvLink: statsLink("/stats.csv", query),
    allLink: statsLink("/stats", { ...query, days: "all" }),
    cutText: isCut ? `Of ${byPeriod.length} ${query.by}s, the last ${shown.length} are shown.` : "",
    plots: total.jobs === 0 ? [] : periodPlots(shown, query.by),
    // A single owner has nobody to be compared with.
    byOwner: query.owner === undefined && total.jobs > 0 ? ownerCharts(byOwner) : undefined,
  };
}

function headlineOf({ jobs, failures }: Tally, { by, days, owner }: StatsQuery, start: string): string {
  const whose = owner === undefined ? "" : ` of ${escapeControls(owner)}`;
  // Weeks are counted whole.
  const lately = by === "week" ? `since ${start}` : `in the last ${SPAN_WORDS[days]}`;
  const when = days === "all" ? "so far" : lately;
  if (jobs === 0) return `No job${whose} ended ${when}.`;
  const notDone = failures === 0 ? "all of them done" : `${countText(failures)} of them not done`;
  return `${countText(jobs)} ${jobs === 1 ? "job" : "jobs"}${whose} ended ${when}, ${notDone}.`;
}

function summaryOf({ jobs, processorHours, waitedMedianSeconds, waited90thSeconds }: Tally): string {
  if (jobs === 0) return "";
  const used = `They used ${hoursText(processorHours)} processor hours.`;
  if (waitedMedianSeconds === undefined || waited90thSeconds === undefined) return used;
  // None waited less than 0 s.
  const [half, most] = [waitedMedianSeconds, waited90thSeconds].map((wait) =>
    formatDuration(Math.max(1, wait)),
  );
  return `${used} Half of them waited less than ${half}, nine in ten less than ${most}.`;
}
