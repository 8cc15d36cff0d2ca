import type { NamedTally, Tally } from "../../app/tally.ts";
import { formatKnownDuration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import { counted } from "../../text/quantity.ts";
import { countText, FIGURES, hoursText } from "../stats/figures.ts";

/** So many owners are drawn; the table has more. */
const MAX_DRAWN = 12;
const MAX_ROWS = 1000;

/** The plan of a plot by owner. */
interface OwnerPlan {
  /** Part of the ids. */
  readonly id: string;
  readonly title: string;
  /** The length of a bar, and the hatched part of it. */
  readonly value: keyof Tally;
  readonly hatched?: keyof Tally;
  /** The value in words, beside the bar. */
  readonly text: (tally: Tally) => string;
}

const PLANS: readonly OwnerPlan[] = [
  {
    id: "owner-hours",
    title: "Processor hours",
    value: "processorHours",
    text: ({ processorHours }) => hoursText(processorHours),
  },
  {
    id: "owner-jobs",
    title: "Jobs, and how many were not done",
    value: "jobs",
    hatched: "failures",
    text: ({ jobs, failures }) =>
      failures === 0 ? countText(jobs) : `${countText(jobs)}, ${countText(failures)} not done`,
  },
  {
    id: "owner-waiting",
    title: "Half of their jobs waited less than",
    value: "waitedMedianSeconds",
    text: ({ waitedMedianSeconds }) => formatKnownDuration(waitedMedianSeconds) ?? "not known",
  },
];

/** Jobs, processor hours and waiting by owner, those who used most processor hours first. */
export function ownerCharts(byOwner: readonly NamedTally[]) {
  const ranked = byOwner
    .map(([owner, tally]) => [escapeControls(owner), tally] as const)
    .sort(([, a], [, b]) => b.processorHours - a.processorHours || b.jobs - a.jobs);
  const drawn = ranked.slice(0, MAX_DRAWN);
  const more = ranked.length - drawn.length;
  return {
    charts: PLANS.map((plan) => ownerChart(plan, drawn)),
    /** That not all owners are drawn; empty where they are. */
    moreText: more > 0 ? `${counted(more, "other owner")} used less; the table has them.` : "",
    heads: ["Owner", ...FIGURES.map(({ head }) => head)],
    rows: ranked
      .slice(0, MAX_ROWS)
      .map(([owner, tally]) => [owner, ...FIGURES.map(({ key, text }) => text(tally[key]))]),
  };
}

const WIDTH = 360;
const ROW_HEIGHT = 44;
const BAR_HEIGHT = 14;
/** Width of the longest bar; the rest is for the value. */
const MAX_BAR_WIDTH = 190;
const MAX_NAME = 44;

/** Draws one bar for each owner, one below the other, in the units of the template's view box. */
function ownerChart(plan: OwnerPlan, owners: readonly NamedTally[]) {
  const { id, title, value } = plan;
  const values = owners.map(([, tally]) => tally[value] ?? 0);
  const max = Math.max(...values, Number.MIN_VALUE);
  const bars = owners.map(([owner, tally], at) => drawBar(plan, owner, tally, at * ROW_HEIGHT, max));
  const longest = owners[values.indexOf(Math.max(...values))];
  const most = longest === undefined ? ": " : `${longest[0]}: ${plan.text(longest[1])}`;
  return {
    id,
    title,
    description: `One bar for each owner. The longest is that of ${most}.`,
    width: WIDTH,
    height: bars.length * ROW_HEIGHT,
    bars,
  };
}

function drawBar(plan: OwnerPlan, owner: string, tally: Tally, top: number, max: number) {
  const width = widthOf(tally[plan.value], max);
  const text = plan.text(tally);
  return {
    owner: owner.length > MAX_NAME ? `${owner.slice(0, MAX_NAME - 1)}…` : owner,
    tip: `${owner}: ${text}`,
    nameY: top + 14,
    y: top + 20,
    height: BAR_HEIGHT,
    width,
    hatchedWidth: plan.hatched === undefined ? 0 : widthOf(tally[plan.hatched], max),
    textX: width + 8,
    textY: top + 20 + BAR_HEIGHT - 2.5,
    text,
  };
}

// A value above 0 is always visible, however small.
function widthOf(value = 0, max: number): number {
  return value > 0 ? Math.max(1, Math.round((value / max) * MAX_BAR_WIDTH * 10) / 10) : 0;
}
