import type { CfgEntry, CfgFile, CfgSection } from "../formats/cfg.ts";
import { nearest } from "../text/nearest.ts";
import type { Problem } from "../text/problem.ts";
import { JOB_ENVIRONMENT, type KeySpec, SECTIONS } from "./key.ts";
import { ALL_KEYS } from "./schema.ts";

/** A section of the file, known or not, with the entries that count there. */
export interface OwnSection {
  readonly section: CfgSection;
  readonly own: ReadonlyMap<string, CfgEntry>;
}

/**
 * The sections without what they merely inherit: an entry of `[DEFAULT]` counts where it is a known key, and is
 * neither an unknown key nor a variable of jobs elsewhere.
 */
export function ownSections({ sections }: CfgFile): OwnSection[] {
  const listed = [...sections.values()];
  return listed.map((section, index) => {
    const end = listed[index + 1]?.line ?? Number.POSITIVE_INFINITY;
    const isOwn = ({ line }: CfgEntry) => line > section.line && line < end;
    const counts = ([, entry]: [string, CfgEntry]) =>
      isOwn(entry) || keyOf(section.name, entry.key) !== undefined;
    return { section, own: new Map([...section.entries].filter(counts)) };
  });
}

/** Problems for sections that stand twice, their names written in different cases. */
export function repeatedSections(file: string, sections: readonly OwnSection[]): Problem[] {
  const names = sections.map(({ section }) => section.name.toLowerCase());
  return sections.flatMap(({ section: { name, line } }) => {
    const first = sections[names.indexOf(name.toLowerCase())]?.section;
    if (first === undefined || first.line === line) return [];
    const wrong = `is the section [${first.name}] again, first on line ${first.line}`;
    return [{ file, line, key: `[${name}]`, wrong, right: "should be joined with it" }];
  });
}

/** Warnings about the sections and keys that the program does not know, each with the nearest that it does. */
export function unknownNames(file: string, sections: readonly OwnSection[]): Problem[] {
  return sections.flatMap(({ section, own }) => {
    const known = SECTIONS.find((name) => isSame(name, section.name));
    if (known === undefined) return [unknownSection(file, section)];
    if (known === JOB_ENVIRONMENT) return [];
    const unknown = [...own.values()].filter((entry) => keyOf(known, entry.key) === undefined);
    return unknown.map((entry) => unknownKey(file, known, entry));
  });
}

function unknownSection(file: string, { name, line }: CfgSection): Problem {
  const meant = nearest(name, SECTIONS);
  const sections = SECTIONS.map((section) => `[${section}]`).join(", ");
  const right = meant === undefined ? `the sections are ${sections}` : `did you mean [${meant}]?`;
  return {
    file,
    line,
    key: `[${name}]`,
    wrong: "is not a section of the configuration and is ignored",
    right,
  };
}

function unknownKey(file: string, section: string, { key, line }: CfgEntry): Problem {
  const wrong = `is not a key of [${section}] and is ignored`;
  return { file, line, key, wrong, right: adviceFor(section, key) };
}

function adviceFor(section: string, key: string): string {
  const elsewhere = ALL_KEYS.find((known) => isSame(known.name, key));
  if (elsewhere !== undefined) return `it belongs into [${elsewhere.section}]`;
  const here = ALL_KEYS.filter((known) => known.section === section).map((known) => known.name);
  const meant = nearest(key, here);
  return meant === undefined ? "`qm config` lists the keys" : `did you mean ${meant}?`;
}

function keyOf(section: string, name: string): KeySpec<unknown> | undefined {
  return ALL_KEYS.find((key) => isSame(key.section, section) && isSame(key.name, name));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
