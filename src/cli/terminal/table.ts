import { escapeControls } from "../../text/escape.ts";
import type { Sink } from "./output.ts";
import { cutToWidth, widthOf, wrapToWidth } from "./text-width.ts";

/** One column of a table; `paint` colours a cell once its width is settled. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly align?: "right";
  readonly paint?: (text: string, row: Row) => string;
  /** Least width in characters; a narrow terminal takes the rest from this column first. */
  readonly shrinkTo?: number;
  /** Goes on in further lines rather than being cut, where it has the width that `shrinkTo` leaves it; for the last column. */
  readonly wraps?: true;
  /** Left out where a terminal is too narrow and all rows say the same. */
  readonly isSpare?: true;
}

/** Rows of a table on a terminal. */
const SHOWN_ROWS = 30;

/**
 * As {@link tableLines}; on a terminal, where nobody reads hundreds of lines, the first rows, and the number of those left out.
 * @param all tells how to see all: `--json lists all`
 */
export function shortTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sink: Sink,
  all: string,
): string[] {
  const shown = sink.isTTY ? rows.slice(0, SHOWN_ROWS) : rows;
  const hidden = rows.length - shown.length;
  const more = hidden === 0 ? [] : [cutToWidth(`  and ${hidden} more: ${all}`, sink.columns)];
  return [...tableLines(shown, columns, sink), ...more];
}

const GAP = "  ";

/** Width to which columns that may shrink are aligned where nothing is cut; a longer cell moves only its own row out of line. */
const MAX_ALIGNED_WIDTH = 40;

/**
 * Lines of a table with its titles, each indented by two. Cells are escaped; on a terminal spare columns go first, then those
 * that may shrink are wrapped or cut, then, on a very narrow one, the last columns are; elsewhere nothing is cut.
 */
export function tableLines<Row>(rows: readonly Row[], all: readonly Column<Row>[], sink: Sink): string[] {
  const columns = fits(rows, all, sink) ? all : all.filter((column) => !isIdle(column, rows));
  const cells = rows.map((row) => columns.map((column) => escapeControls(column.of(row))));
  const natural = naturalWidths(rows, columns);
  const isCut = Number.isFinite(sink.columns);
  const widths = isCut ? fitted(natural, columns, sink.columns - GAP.length) : aligned(natural, columns);
  const cell = (text: string, column: Column<Row> | undefined, at: number) => {
    const width = widths[at] ?? 0;
    return padded(isCut ? cutToWidth(text, width) : text, width, column?.align);
  };
  const title = columns.map((column, at) => cell(column.title, column, at));
  const body = rows.flatMap((row, line) => {
    const texts = cells[line] ?? [];
    const [first = [], ...further] = isCut ? wrapped(texts, columns, widths) : [texts];
    const painted = first.map((text, at) => {
      const shown = cell(text, columns[at], at);
      return columns[at]?.paint?.(shown, row) ?? shown;
    });
    return [painted, ...further.map((below) => below.map((text, at) => cell(text, columns[at], at)))];
  });
  return [title, ...body].map((line) => `${GAP}${line.join(GAP).trimEnd()}`);
}

/** The lines that the cells of one row take: in all but the first, only the last column has a text. */
function wrapped<Row>(
  cells: readonly string[],
  columns: readonly Column<Row>[],
  widths: readonly number[],
): string[][] {
  const { wraps, shrinkTo = 0 } = columns.at(-1) ?? {};
  const width = widths.at(-1) ?? 0;
  if (wraps !== true || width < shrinkTo) return [[...cells]];
  const before = cells.slice(0, -1);
  return wrapToWidth(cells.at(-1) ?? "", width).map((text, line) => [
    ...(line === 0 ? before : before.map(() => "")),
    text,
  ]);
}

function naturalWidths<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): number[] {
  return columns.map(({ title, of }) =>
    rows.reduce((width, row) => Math.max(width, widthOf(escapeControls(of(row)))), widthOf(title)),
  );
}

function fits<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sink: Sink): boolean {
  return excessOf(naturalWidths(rows, columns), sink.columns - GAP.length) <= 0;
}

function isIdle<Row>({ isSpare, of }: Column<Row>, rows: readonly Row[]): boolean {
  return isSpare === true && new Set(rows.map(of)).size === 1;
}

function aligned<Row>(natural: readonly number[], columns: readonly Column<Row>[]): number[] {
  return natural.map((width, at) =>
    columns[at]?.shrinkTo === undefined ? width : Math.min(width, MAX_ALIGNED_WIDTH),
  );
}

// The widest of the columns that may shrink gives first.
function fitted<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  available: number,
): number[] {
  const widths = [...natural];
  for (;;) {
    if (excessOf(widths, available) <= 0) return widths;
    const at = widestAbove(widths, columns) ?? widths.findLastIndex((width) => width > 0);
    if (at === -1) return widths;
    widths[at] = (widths[at] ?? 0) - 1;
  }
}

// The gap before a column of which nothing is left is at the end of the line and not written.
function excessOf(widths: readonly number[], available: number): number {
  const used = widths.slice(0, widths.findLastIndex((width) => width > 0) + 1);
  return used.reduce((sum, width) => sum + width, (used.length - 1) * GAP.length) - available;
}

function widestAbove<Row>(widths: readonly number[], columns: readonly Column<Row>[]): number | undefined {
  const givers = columns.flatMap(({ shrinkTo }, at) =>
    shrinkTo !== undefined && (widths[at] ?? 0) > shrinkTo ? [at] : [],
  );
  return givers.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
}

function padded(text: string, width: number, align: "right" | undefined): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "right" ? blanks + text : text + blanks;
}

/** Labels and values as aligned lines; values are escaped, those that are missing or empty left out. */
export function fieldLines(
  fields: readonly (readonly [label: string, value: string | undefined])[],
): string[] {
  return fields.flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [`  ${`${label}:`.padEnd(15)}${escapeControls(value)}`],
  );
}
