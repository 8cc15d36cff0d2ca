import { formatDuration } from "../../text/duration.ts";

/** The values that one column stands for. */
interface Column {
  /** The day on which its period begins: `2026-11-22`. */
  readonly start: string;
  readonly value: number;
  /** The part of it, from the ground up, that is hatched. */
  readonly hatched?: number;
  /** The value up to which a thin line goes on above it. */
  readonly reach?: number;
  /** Said of it when it is pointed at. */
  readonly tip: string;
}

/** The plan by which columns are drawn and described. */
export interface ColumnChartPlan {
  /** Part of the ids. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly axis: Axis;
  /** The text beside a value of the axis, whose values are a step apart. */
  readonly tickText: (value: number, step: number) => string;
  readonly labelText: (value: number) => string;
}

const [WIDTH, HEIGHT] = [960, 250];
const [LEFT, RIGHT, TOP, BOTTOM] = [76, 928, 24, 216];
const MAX_BAR_WIDTH = 44;
/** From the top of a column to the top of its label, with some room. */
const LABEL_HEIGHT = 20;
/** So many columns have room for a value above each; of more, the highest has one. */
const MAX_LABELLED = 31;
const TIME_TICKS = 8;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Draws columns over time, for a template, in the units of its view box. */
export function columnChart(plan: ColumnChartPlan) {
  const { id, title, description, columns, axis, tickText } = plan;
  return {
    id,
    title,
    description,
    width: WIDTH,
    height: HEIGHT,
    // Too many columns for a value above each.
    isDense: columns.length > MAX_LABELLED,
    plotLeft: LEFT,
    plotRight: RIGHT,
    groundY: BOTTOM,
    // A column without height is not drawn.
    columns: columns.flatMap(({ value, reach = 0 }, at) =>
      value > 0 || reach > 0 ? [drawColumn(plan, at)] : [],
    ),
    valueTicks: axis.map((value) => ({
      x: LEFT - 8,
      y: yOf(value, axis),
      text: tickText(value, axis[1] ?? 1),
    })),
    timeTicks: timeTicks(columns),
  };
}

function drawColumn({ columns, axis, labelText }: ColumnChartPlan, at: number) {
  const { value = 0, hatched = 0, reach = 0, tip = "" } = columns[at] ?? {};
  const middle = middleOf(at, columns.length);
  const isReached = reach > value;
  const top = yOf(value, axis);
  const reachTop = isReached ? yOf(reach, axis) : top;
  // The label stands on the column with the line above it, or on the line where that is short.
  const isBetween = top - reachTop > LABEL_HEIGHT;
  const isLabelled = value > 0 && (columns.length <= MAX_LABELLED || at === highestOf(columns));
  return {
    tip,
    bar: barOf(middle, columns.length, hatched, value, axis),
    hatched: hatched > 0 ? barOf(middle, columns.length, 0, hatched, axis) : undefined,
    reach: isReached
      ? { x: middle, top: reachTop, bottom: isLabelled && isBetween ? rounded(top - LABEL_HEIGHT) : top }
      : undefined,
    label: isLabelled
      ? { x: middle, y: rounded((isBetween ? top : reachTop) - 6), text: labelText(value) }
      : undefined,
  };
}

function highestOf(columns: readonly Column[]): number {
  const values = columns.map(({ value }) => value);
  return values.indexOf(Math.max(...values));
}

function barOf(middle: number, count: number, from: number, to: number, axis: Axis) {
  const width = rounded(Math.min(MAX_BAR_WIDTH, Math.max(1, (widthOfAll(count) / count) * 0.7)));
  const y = yOf(to, axis);
  return { x: rounded(middle - width / 2), y, width, height: rounded(yOf(from, axis) - y) };
}

// The newest is labelled, and from there back every so many.
function timeTicks(columns: readonly Column[]) {
  const every = Math.max(1, Math.ceil(columns.length / TIME_TICKS));
  const isLong = spanDays(columns) > 300;
  return columns.flatMap(({ start }, at) =>
    (columns.length - 1 - at) % every === 0
      ? [{ x: middleOf(at, columns.length), y: BOTTOM + 20, text: dateText(start, isLong) }]
      : [],
  );
}

/** `22 Nov`, or `Nov 2026` where years matter. */
function dateText(start: string, isLong: boolean): string {
  const [year, month, day] = start.split("-").map(Number);
  const name = MONTHS[(month ?? 1) - 1];
  return isLong ? `${name} ${year}` : `${day} ${name}`;
}

function spanDays(columns: readonly Column[]): number {
  const [first, last] = [columns[0]?.start ?? "", columns.at(-1)?.start ?? ""].map((day) => Date.parse(day));
  return ((last ?? 0) - (first ?? 0)) / 86_400_000;
}

function middleOf(at: number, count: number): number {
  return rounded(LEFT + (widthOfAll(count) / count) * (at + 0.5));
}

function widthOfAll(count: number): number {
  return Math.min(RIGHT - LEFT, count * MAX_BAR_WIDTH * 2);
}

function yOf(value: number, axis: Axis): number {
  return rounded(BOTTOM - (value / (axis.at(-1) ?? 1)) * (BOTTOM - TOP));
}

function rounded(length: number): number {
  return Math.round(length * 10) / 10;
}

/** The values of an axis from 0, evenly apart; the last one is its end. */
type Axis = readonly number[];

const MIN_STEPS = 3;
/** Least value that counts: no time and no amount is told more exactly. */
const LEAST = 0.001;

/** Steps by which people count time: seconds, minutes, hours, days. */
const TIME_STEPS = [
  [1, 2, 5, 10, 20, 30],
  [60, 120, 300, 600, 1200, 1800],
  [3600, 7200, 10_800, 21_600, 43_200],
  [86_400, 172_800, 432_000, 864_000, 1_728_000, 4_320_000],
].flat();

/** An axis for whole numbers. */
export function countAxis(max: number): Axis {
  return axisOf(max, Math.max(1, roundStep(max)));
}

/** An axis for numbers. */
export function amountAxis(max: number): Axis {
  return axisOf(max, roundStep(max));
}

/** An axis for times in seconds. */
export function timeAxis(max: number): Axis {
  const step = TIME_STEPS.findLast((candidate) => candidate * MIN_STEPS <= max);
  const longest = TIME_STEPS.at(-1) ?? 1;
  return axisOf(max, step === undefined || max > longest * 10 ? roundStep(max) : step);
}

// 1, 2 or 5 times a power of ten, so that three steps or more reach the greatest value.
function roundStep(max: number): number {
  const rough = (max < LEAST ? 1 : max) / MIN_STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [5, 2, 1].find((candidate) => candidate * power <= rough) ?? 1;
  return factor * power;
}

function axisOf(max: number, step: number): Axis {
  const steps = Math.max(1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

/** The axis of whole numbers, with the texts beside it and above a column. */
export const COUNTS = { axisOf: countAxis, tickText: tickAmount, labelText: shortAmount };
/** As {@link COUNTS}, of numbers with fractions. */
export const AMOUNTS = { ...COUNTS, axisOf: amountAxis };
/** As {@link COUNTS}, of times in seconds. */
export const TIMES = { axisOf: timeAxis, tickText: tickTime, labelText: shortTime };

/** A number in the four or five characters that there is room for above a column: `1.2`, `345`, `12k`. */
export function shortAmount(amount: number): string {
  if (amount >= 1e6) return `${trimmed(amount / 1e6)}M`;
  if (amount >= 10_000) return `${Math.round(amount / 1000)}k`;
  return amount >= 100 ? String(Math.round(amount)) : trimmed(amount);
}

/** A time in seconds likewise, in its largest unit: `45s`, `12m`, `3.5h`, `2d`. */
export function shortTime(seconds: number): string {
  if (seconds >= 86_400) return `${trimmed(seconds / 86_400)}d`;
  if (seconds >= 3600) return `${trimmed(seconds / 3600)}h`;
  return seconds >= 60 ? `${Math.round(seconds / 60)}m` : `${trimmed(seconds)}s`;
}

/** A number beside an axis, with as many digits as its steps take. */
function tickAmount(amount: number, step: number): string {
  return amount === 0 || step >= 0.1 ? shortAmount(amount) : amount.toFixed(digitsOf(step));
}

/** A time in seconds likewise: `0.25 s`, `20 min`. */
function tickTime(seconds: number, step: number): string {
  if (seconds === 0) return "0";
  return step < 1 ? `${seconds.toFixed(digitsOf(step))} s` : formatDuration(seconds);
}

function digitsOf(step: number): number {
  return Math.ceil(-Math.log10(step) - 1e-9);
}

// One digit behind the point where there is but one before it; less than a tenth is told to its first digit.
function trimmed(amount: number): string {
  if (amount < 0.095) return String(Number(Number(amount.toPrecision(1)).toFixed(3)));
  return amount < 9.95 ? String(Number(amount.toFixed(1))) : String(Math.round(amount));
}
