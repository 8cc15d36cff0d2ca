import type { CfgEntry, CfgSection, CfgSections } from "../formats/cfg.ts";
import { nearest } from "../text/nearest.ts";
import { byLine, type Checked, type Problem } from "../text/problem.ts";
import type { Config, LoadedConfig } from "./config.ts";
import { JOB_ENVIRONMENT, type KeySpec, SECTIONS, type Surroundings } from "./parser.ts";
import { type Reading, readJobEnvironment, valuesOf } from "./reading.ts";
import { ALL_KEYS, LOG_KEYS, SERVER_KEYS, WEB_KEYS, WORKER_KEYS } from "./schema.ts";
import { MAIL_KEYS } from "./schema-mail.ts";

/**
 * The configuration that a file's sections (none: all defaults) amount to, or all that there is to mend, warnings too, in the
 * file's order.
 * @param faults what is known to be wrong with other lines of the file
 */
export function checkConfig(...file: Parameters<typeof judgeConfig>): Checked<LoadedConfig> {
  const { loaded, problems } = judgeConfig(...file);
  if (problems.length === 0) return { kind: "ok", value: loaded };
  return { kind: "problems", problems: [...problems, ...loaded.warnings].sort(byLine) };
}

/** As `checkConfig`, with the good values of a faulty file and defaults for the others, and all that is wrong, in the file's order. */
export function judgeConfig(
  written: CfgSections,
  file: string | undefined,
  surroundings: Surroundings,
  faults: readonly Problem[] = [],
) {
  const sections = ownSections(written);
  const entries = new Map(sections.map(({ section, own }) => [section.name.toLowerCase(), own]));
  const reading: Reading = {
    file: file ?? "",
    entries,
    surroundings,
    settings: [],
    problems: [],
    warnings: [],
    lacking: [],
  };
  const config = configFrom(reading);
  const problems = [
    ...faults,
    ...reading.problems,
    ...repeatedSections(reading.file, sections),
    // A line that cannot be read may be the one that names it.
    ...(faults.length > 0 ? [] : missingMailServer(reading, config)),
  ];
  const warnings = [...reading.warnings, ...unknownNames(reading.file, sections)].sort(byLine);
  const found = file === undefined ? { sought: [] } : { file, sought: [file] };
  return {
    loaded: { config, ...found, settings: inOrder(reading), warnings, lacking: reading.lacking },
    problems: problems.sort(byLine),
  };
}

function configFrom(reading: Reading): Config {
  const server = valuesOf(reading, SERVER_KEYS);
  const { workerName: hostname, maxProcessors: processors } = server;
  const ofMachine = { ...reading, surroundings: { ...reading.surroundings, hostname, processors } };
  return {
    ...server,
    worker: valuesOf(ofMachine, WORKER_KEYS),
    log: valuesOf(reading, LOG_KEYS),
    web: valuesOf(reading, WEB_KEYS),
    jobEnvironment: readJobEnvironment(reading),
    mail: valuesOf(reading, MAIL_KEYS),
  };
}

function missingMailServer({ file, entries, problems }: Reading, { mail }: Config): Problem[] {
  const named = mail.smtpUrl ?? mail.smtpHost;
  const misnamed = problems.some((problem) => problem.key === "Smtp" || problem.key === "Smtp_Host");
  if (!mail.active || named !== undefined || misnamed) return [];
  const line = entries.get("qmserver")?.get("mailactive")?.line;
  const right = "add `Smtp = smtp://server` or `Smtp_Host = server` to [Mail]";
  const wrong = "is True, but no mail server is named";
  return [{ file, ...(line !== undefined && { line }), key: "MailActive", wrong, right }];
}

function inOrder({ settings }: Reading): LoadedConfig["settings"] {
  return SECTIONS.flatMap((section) => settings.filter((setting) => setting.section === section));
}

/** A section of the file, known or not, with the entries that count there. */
interface OwnSection {
  readonly section: CfgSection;
  readonly own: ReadonlyMap<string, CfgEntry>;
}

/**
 * The sections without what they merely inherit: an entry of `[DEFAULT]` counts where it is a known key, and is
 * neither an unknown key nor a variable of jobs elsewhere.
 */
function ownSections(sections: CfgSections): OwnSection[] {
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
function repeatedSections(file: string, sections: readonly OwnSection[]): Problem[] {
  const names = sections.map(({ section }) => section.name.toLowerCase());
  return sections.flatMap(({ section: { name, line } }) => {
    const first = sections[names.indexOf(name.toLowerCase())]?.section;
    if (first === undefined || first.line === line) return [];
    const wrong = `is the section [${first.name}] again, first on line ${first.line}`;
    return [{ file, line, key: `[${name}]`, wrong, right: "should be joined with it" }];
  });
}

/** Warnings about the sections and keys that the program does not know, each with the nearest that it does. */
function unknownNames(file: string, sections: readonly OwnSection[]): Problem[] {
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
  const wrong = "is not a section of the configuration and is ignored";
  return { file, line, key: `[${name}]`, wrong, right };
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
