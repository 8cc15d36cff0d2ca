import { escapeControls } from "../core/escape.ts";
import type { Sink } from "./io.ts";
import { cutToWidth, widthOf } from "./text-width.ts";

/** One column of a table; `paint` colours a cell once its width is settled. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly align?: "right";
  readonly paint?: (text: string, row: Row) => string;
  /** What a narrow terminal takes from this column first; at least this many characters stay. */
  readonly shrinkTo?: number;
}

const GAP = "  ";

/** Where nothing is cut, a longer cell of a column that may shrink moves its own row out of line, not all others. */
const MAX_ALIGNED_WIDTH = 40;

/**
 * Lines of a table with its titles, each indented by two. Cells are escaped; on a terminal the columns that may
 * shrink are cut so that a row stays one line, then, on a very narrow one, the last columns; elsewhere nothing is cut.
 */
export function tableLines<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sink: Sink): string[] {
  const cells = rows.map((row) => columns.map((column) => escapeControls(column.of(row))));
  const natural = columns.map((column, at) =>
    cells.reduce((width, line) => Math.max(width, widthOf(line[at] ?? "")), widthOf(column.title)),
  );
  const isCut = Number.isFinite(sink.columns);
  const widths = isCut ? fitted(natural, columns, sink.columns - GAP.length) : aligned(natural, columns);
  const cell = (text: string, { align }: Column<Row>, at: number) => {
    const width = widths[at] ?? 0;
    return padded(isCut ? cutToWidth(text, width) : text, width, align);
  };
  const title = columns.map((column, at) => cell(column.title, column, at));
  const body = rows.map((row, line) =>
    columns.map((column, at) => {
      const text = cell(cells[line]?.[at] ?? "", column, at);
      return column.paint?.(text, row) ?? text;
    }),
  );
  return [title, ...body].map((line) => `${GAP}${line.join(GAP).trimEnd()}`);
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
