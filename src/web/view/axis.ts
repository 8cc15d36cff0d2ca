/** The values of an axis from 0, evenly apart; the last one is its end. */
export type Axis = readonly number[];

const MIN_STEPS = 3;
/** What is less is nothing: no time and no amount is told more exactly. */
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
