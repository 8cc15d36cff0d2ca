import { type Cell, type Figure, grouped, type Unit } from "./figure.ts";
import type { Part } from "./part.ts";
import type { MeasuredPart, Results } from "./results.ts";
import { isMet, reached, TARGETS, type Target } from "./targets.ts";

/** The results for people, as Markdown. `notes` is what a person says about targets that are not reached. */
export function report(parts: readonly Part[], results: Results, notes: string): string {
  return [
    "# Measurements",
    "Written by `npm run bench`; `bench/results.json` holds the same for programs. Values are medians; in brackets " +
      "the least and the most, and the number of samples.",
    ...machine(results),
    "## Targets",
    table(
      ["", "target", "measured", ""],
      TARGETS.map((target) => targetRow(target, results)),
    ),
    ...(notes.trim() === "" ? [] : ["## Not reached, and why", notes.trim()]),
    ...parts.flatMap((part) => section(part, results.parts[part.name])),
  ]
    .join("\n\n")
    .concat("\n");
}

/** The machine of the part measured last; another one is named where it was used. */
function machine({ parts }: Results): string[] {
  const newest = Object.values(parts).toSorted((one, other) =>
    other.measuredAt.localeCompare(one.measuredAt),
  )[0];
  if (newest === undefined) return [];
  const facts = Object.entries({ ...newest.machine, ...newest.versions });
  return [
    table(
      ["machine and programs", ""],
      facts.map(([name, fact]) => [name, fact]),
    ),
  ];
}

function targetRow(target: Target, { parts }: Results): string[] {
  const { what, part, bound, limit, unit } = target;
  const value = reached(target, parts[part]?.cells ?? []);
  const wanted = `${bound} ${withUnit(limit, unit)}`;
  if (value === undefined) return [what, wanted, "not measured", ""];
  return [what, wanted, withUnit(value, unit), isMet(target, value) ? "met" : "**not met**"];
}

function section({ title, about }: Part, measured: MeasuredPart | undefined): string[] {
  const head = [`## ${title}`, about];
  if (measured === undefined) return [...head, "Not measured."];
  return [...head, tableOf(measured.cells), stamp(measured)];
}

function stamp({
  measuredAt,
  tookSeconds,
  loadBefore,
  size,
  versions,
  machine: facts,
}: MeasuredPart): string {
  const small = size === "quick" ? " A quick run, which only shows that the measuring works." : "";
  const on = [facts["processor"], facts["kernel"], `queuemanager ${versions["queuemanager"]}`].join(", ");
  return `Measured ${measuredAt} in ${tookSeconds} s, load before ${loadBefore} (${on}).${small}`;
}

/** Rows and columns come in the order in which they were measured. */
function tableOf(cells: readonly Cell[]): string {
  const columns = [...new Set(cells.map(({ column }) => column))];
  const rows = [...new Set(cells.map(({ row }) => row))];
  const at = (row: string, column: string) =>
    cells.find((cell) => cell.row === row && cell.column === column);
  const filled = rows.map((row) => [row, ...columns.map((column) => inCell(at(row, column)))]);
  return table(["", ...columns], filled);
}

function inCell(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  return "missing" in cell ? cell.missing : figureText(cell);
}

function figureText({ value, unit, least, most, samples = 1, note }: Figure): string {
  const range =
    samples > 1 && least !== undefined && most !== undefined
      ? [`${digits(least)}–${digits(most)}, n=${samples}`]
      : [];
  const said = [...range, ...(note === undefined ? [] : [note])].join("; ");
  return said === "" ? withUnit(value, unit) : `${withUnit(value, unit)} (${said})`;
}

function withUnit(value: number, unit: Unit): string {
  return unit === "×" ? `${digits(value)}×` : `${digits(value)} ${unit}`;
}

/** Three digits that count, all of those before the point. */
function digits(value: number): string {
  return value >= 100 ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (fields: readonly string[]) => `| ${fields.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
