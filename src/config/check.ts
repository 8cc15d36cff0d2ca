import type { Checked, Problem } from "../core/problem.ts";
import type { CfgFile } from "../formats/cfg.ts";
import type { Config, LoadedConfig } from "./config.ts";
import { readJobEnvironment } from "./job-environment.ts";
import { SECTIONS } from "./key.ts";
import type { Surroundings } from "./parser.ts";
import { type Reading, valuesOf } from "./reading.ts";
import { LOG_KEYS, SERVER_KEYS, WEB_KEYS } from "./schema.ts";
import { MAIL_KEYS } from "./schema-mail.ts";
import { ownSections, repeatedSections, unknownNames } from "./sections.ts";

/**
 * The configuration that a file's sections (none: all defaults) amount to, or all their problems, in the file's order.
 * @param faults what is known to be wrong with other lines of the file
 */
export function checkConfig(
  cfg: CfgFile,
  file: string | undefined,
  surroundings: Surroundings,
  faults: readonly Problem[] = [],
): Checked<LoadedConfig> {
  const sections = ownSections(cfg);
  const entries = new Map(sections.map(({ section, own }) => [section.name.toLowerCase(), own]));
  const reading: Reading = { file: file ?? "", entries, surroundings, settings: [], problems: [] };
  const config = configFrom(reading);
  const problems = [
    ...faults,
    ...reading.problems,
    ...repeatedSections(reading.file, sections),
    // A line that cannot be read may be the one that names it.
    ...(faults.length > 0 ? [] : missingMailServer(reading, config)),
  ];
  if (problems.length > 0) return { kind: "problems", problems: problems.sort(byLine) };
  const warnings = unknownNames(reading.file, sections).sort(byLine);
  const settings = inOrder(reading);
  return { kind: "ok", value: { config, ...(file !== undefined && { file }), settings, warnings } };
}

function configFrom(reading: Reading): Config {
  return {
    ...valuesOf(reading, SERVER_KEYS),
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

function byLine(one: Problem, other: Problem): number {
  return (one.line ?? 0) - (other.line ?? 0);
}
