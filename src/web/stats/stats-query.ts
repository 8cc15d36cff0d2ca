/** Spans of time that statistics are made for, in days. */
export const SPANS = ["30", "90", "365", "all"] as const;

/** What statistics are made by, beside the owners. */
export const PERIODS = ["day", "week"] as const;

type Span = (typeof SPANS)[number];

/** One of {@link PERIODS}. */
export type PeriodKind = (typeof PERIODS)[number];

/** What an address of the statistics asks for. */
export interface StatsQuery {
  readonly by: PeriodKind;
  readonly days: Span;
  /** As it was given; case does not matter. */
  readonly owner?: string;
}

const MAX_OWNER = 200;

/** Reads an address's query; what makes no sense is passed over, so that no link of old leads to an error. */
export function readStatsQuery(query: Readonly<Record<string, unknown>>): StatsQuery {
  const given = query["owner"];
  const owner = typeof given === "string" ? given.trim().slice(0, MAX_OWNER) : "";
  return {
    by: PERIODS.find((known) => known === query["by"]) ?? "day",
    days: SPANS.find((known) => known === query["days"]) ?? "30",
    ...(owner === "" ? {} : { owner }),
  };
}

/** What makes no sense in a query, in words for a program, which would not see that it was passed over. */
export function faultIn(query: Readonly<Record<string, unknown>>): string | undefined {
  for (const [key, known] of [["by", PERIODS] as const, ["days", SPANS] as const])
    if (query[key] !== undefined && !known.some((value) => value === query[key]))
      return `${key}: it can be ${known.join(", ")}`;
  const { owner } = query;
  return owner === undefined || typeof owner === "string" ? undefined : "owner: it can be given once";
}

/** The address that asks for this. */
export function statsLink(path: "/stats" | "/stats.csv", { by, days, owner }: StatsQuery): string {
  const search = new URLSearchParams({ by, days, ...(owner === undefined ? {} : { owner }) });
  return `${path}?${search.toString()}`;
}
