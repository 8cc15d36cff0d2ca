import { z } from "zod";

const unitSchema = z.enum(["ms", "jobs/s", "s/min", "MB", "×"]);

const figureSchema = z.object({
  /** The thing that was measured: a row of the table. */
  row: z.string(),
  /** One of its sides: a column. */
  column: z.string(),
  unit: unitSchema,
  /** The median, where it was measured more than once. */
  value: z.number(),
  least: z.number().exactOptional(),
  most: z.number().exactOptional(),
  samples: z.number().exactOptional(),
  /** A remark that a reader needs for this one. */
  note: z.string().exactOptional(),
});

/** A place of the table for which there is no figure, and why. */
const missingSchema = z.object({ row: z.string(), column: z.string(), missing: z.string() });

/** One cell of a table, as it lies in `results.json`. */
export const cellSchema = z.union([figureSchema, missingSchema]);

/** A measured value. */
export type Figure = z.infer<typeof figureSchema>;

/** A measured value, or why there is none. */
export type Cell = z.infer<typeof cellSchema>;

export type Unit = z.infer<typeof unitSchema>;

/** Place of a cell. */
type Place = readonly [row: string, column: string];

/** A value that was measured once, or made from others. */
export function figure([row, column]: Place, unit: Unit, value: number): Figure {
  return { row, column, unit, value: rounded(value) };
}

/** The median of values, with the least and the most of them. */
export function spread([row, column]: Place, unit: Unit, values: readonly number[]): Figure {
  return {
    ...figure([row, column], unit, median(values)),
    least: rounded(Math.min(...values)),
    most: rounded(Math.max(...values)),
    samples: values.length,
  };
}

/** The middle one of values; the mean of the two in the middle of an even number. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The value that 95 of 100 do not exceed (nearest rank). NaN for none. */
export function percentile95(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;
}

/** A count for people. */
export function grouped(count: number): string {
  return count.toLocaleString("en");
}

/** To four digits that count: more would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
