import { parse } from "ini";
import type { Checked, Problem } from "../text/problem.ts";
import { canonicalLine, fenced, unfenced } from "./cfg-canonical.ts";
import { type ContinuedLine, DEFAULT_SECTION, type DialectSection, readDialect } from "./cfg-dialect.ts";
import { interpolate } from "./cfg-interpolation.ts";

/** A section with its entries, those it inherits from `[DEFAULT]` included; found by lower-case key. */
export interface CfgSection {
  readonly name: string;
  /** 1-based line of its header. */
  readonly line: number;
  readonly entries: ReadonlyMap<string, CfgEntry>;
}

/** One option of a section. */
export interface CfgEntry {
  /** As written in the file. */
  readonly key: string;
  /** 1-based. */
  readonly line: number;
  /** Interpolated when asked for, as ConfigParser does: a bad reference matters only where it is read. */
  readonly value: Checked<string>;
  readonly continued: readonly ContinuedLine[];
}

/** A file's sections by their exact names, in the file's order, without `[DEFAULT]`. */
export interface CfgFile {
  readonly sections: ReadonlyMap<string, CfgSection>;
}

/** An option with its value in one piece, not yet interpolated. */
interface RawEntry extends Pick<CfgEntry, "key" | "line" | "continued"> {
  readonly text: string;
}

/**
 * Reads the dialect of Python's `configparser.ConfigParser` (default constructor) from a whole file's text.
 * One deviation: a bare `%` is kept. All faults of syntax are reported together; `file` names them.
 */
export function parseCfg(text: string, file: string): Checked<CfgFile> {
  const { cfg, problems } = readCfg(text, file);
  return problems.length > 0 ? { kind: "problems", problems } : { kind: "ok", value: cfg };
}

/** As `parseCfg`; beside the problems stands what can be read all the same. `wanted` is the one section that is read, if so. */
export function readCfg(
  text: string,
  file: string,
  wanted?: string,
): { readonly cfg: CfgFile; readonly problems: readonly Problem[] } {
  const { sections, problems } = readDialect(text, file, wanted);
  const defaults = rawEntries(sections.get(DEFAULT_SECTION));
  const named = [...sections.values()].filter((section) => section.name !== DEFAULT_SECTION);
  const cfgSections = named.map((section) => [section.name, cfgSection(section, defaults, file)] as const);
  return { cfg: { sections: new Map(cfgSections) }, problems };
}

/** Entries are put together when asked for: thousands of sections times thousands of defaults would fill the memory. */
function cfgSection(section: DialectSection, defaults: Map<string, RawEntry>, file: string): CfgSection {
  return {
    name: section.name,
    line: section.line,
    get entries() {
      const raw = new Map([...defaults, ...rawEntries(section)]);
      return new Map([...raw].map(([key, entry]) => [key, cfgEntry(entry, raw, file)]));
    },
  };
}

function cfgEntry(entry: RawEntry, raw: Map<string, RawEntry>, file: string): CfgEntry {
  const { key, line, continued } = entry;
  return {
    key,
    line,
    continued,
    get value(): Checked<string> {
      const result = interpolate(entry.text, (name) => raw.get(name)?.text);
      if (result.kind === "ok") return result;
      return { kind: "problems", problems: [{ file, line, key, wrong: result.wrong, right: result.right }] };
    },
  };
}

/** Hands the section's options to `ini` in a form that it reads without any rule of its own in the way. */
function rawEntries(section: DialectSection | undefined): Map<string, RawEntry> {
  const options = [...(section?.options ?? [])];
  const texts: Record<string, unknown> = parse(
    options.map(([name, option]) => canonicalLine(name, option)).join("\n"),
  );
  return new Map(
    options.map(([name, { key, line, continued }]) => [
      name,
      { key, line, continued, text: unfenced(texts[fenced(name)]) },
    ]),
  );
}
