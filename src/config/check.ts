import type { CfgFile } from "../formats/cfg.ts";
import type { Checked, Problem } from "../text/problem.ts";
import type { Config, LoadedConfig } from "./config.ts";
import { readJobEnvironment } from "./job-environment.ts";
import { SECTIONS } from "./key.ts";
import type { Surroundings } from "./parser.ts";
import { type Reading, valuesOf } from "./reading.ts";
import { LOG_KEYS, SERVER_KEYS, WEB_KEYS } from "./schema.ts";
import { MAIL_KEYS } from "./schema-mail.ts";
import { ownSections, repeatedSections, unknownNames } from "./sections.ts";

/** A configuration, with defaults where the file is wrong, and all that is wrong, in the file's order. */
interface Judged {
  readonly loaded: LoadedConfig;
  readonly problems: readonly Problem[];
}

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

/** As `checkConfig`, with the good values of a faulty file. */
export function judgeConfig(
  cfg: CfgFile,
  file: string | undefined,
  surroundings: Surroundings,
  faults: readonly Problem[] = [],
): Judged {
  const sections = ownSections(cfg);
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
