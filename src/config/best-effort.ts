import path from "node:path";
import { readCfg } from "../formats/cfg.ts";
import { DEFAULT_SECTION } from "../formats/cfg-dialect.ts";
import { stripStart, textLines } from "../formats/python-text.ts";
import { nearest } from "../text/nearest.ts";
import type { Problem } from "../text/problem.ts";
import { judgeConfig } from "./check.ts";
import type { LoadedConfig } from "./config.ts";
import { type ConfigRequest, loadConfig, NO_FILE, readConfigFile, surroundingsOf } from "./load.ts";
import { SECTIONS, type Surroundings } from "./parser.ts";

/** A configuration in any case, and all that is wrong with its file; nothing where it is sound. */
export interface BestEffort {
  readonly loaded: LoadedConfig;
  readonly problems: readonly Problem[];
  /** False where the faults may hide which queue is meant: `QM_FOLDER` could not be read, or perhaps not be found. */
  readonly isQueueKnown: boolean;
}

type Salvaged = Omit<BestEffort, "problems">;

/** Each round takes away every fault it sees; a file that needs more of them is no configuration. */
const MAX_ROUNDS = 100;

/**
 * As `loadConfig`, but never without a configuration: of a faulty file the values that are good, defaults for the
 * others. For whoever wants to see a queue or stop it; to start one on such grounds would be wrong.
 */
export function loadBestEffort(request: ConfigRequest): BestEffort {
  const strict = loadConfig(request);
  if (strict.kind === "ok") return { loaded: strict.value, problems: [], isQueueKnown: true };
  const file = path.resolve(request.cwd, strict.problems[0]?.file ?? "");
  const surroundings = surroundingsOf(request, path.dirname(file));
  const salvaged = salvage(file, surroundings);
  const isQueueKnown = salvaged.isQueueKnown || request.queue !== undefined;
  return { ...salvaged, isQueueKnown, problems: strict.problems };
}

function salvage(file: string, surroundings: Surroundings): Salvaged {
  const written = writtenLines(file);
  if (written === undefined) return { loaded: allDefaults(surroundings), isQueueKnown: false };
  const lines = [...written];
  takeAwayUndecodable(lines);
  let isHidden = written.some((line, at) => line.includes("\ufffd") && mayNameFolder(written, at));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { sections, problems: faults } = readCfg(lines.join("\n"), file);
    const { loaded, problems } = judgeConfig(sections, file, surroundings, faults);
    if (problems.length === 0) return { loaded, isQueueKnown: isQueueKnown(loaded, written, isHidden) };
    isHidden ||= faults.some(({ line }) => line === undefined || mayNameFolder(written, line - 1));
    for (const { line } of problems) if (line !== undefined) takeAway(lines, line - 1);
  }
  return { loaded: allDefaults(surroundings), isQueueKnown: false };
}

// A file that does not name the folder means the default one; of two names it is not known which one is meant.
function isQueueKnown({ settings }: LoadedConfig, written: readonly string[], isHidden: boolean): boolean {
  const named = written.filter((line) => /^\s*qm_folder/i.test(line)).length;
  const isRead = settings.some(({ key, origin }) => key === "QM_FOLDER" && origin.kind === "file");
  return named === 0 ? !isHidden : named === 1 && isRead;
}

const COMMENT_HEADER_OR_KEY = /^\s*(?:[#;[]|[^\s=:\ufffd][^=:\ufffd]*[=:])/;

/**
 * True where a faulty line may be one that names the folder: it has no key, and may stand in the section, or the file ends in
 * it.
 */
function mayNameFolder(written: readonly string[], at: number): boolean {
  if (COMMENT_HEADER_OR_KEY.test(written[at] ?? "")) return false;
  const headers = written.slice(0, at).filter((line) => /^\s*\[/.test(line));
  // Undefined before any section, and behind a header without its end.
  const names = headers.map((header) => /^\s*\[(.+)\]/.exec(header)?.[1]);
  const isCutOff = at === written.length - 1 && !names.some(isServerSection);
  return isCutOff || isServerSection(names.at(-1));
}

function isServerSection(name: string | undefined): boolean {
  return name === undefined || name === DEFAULT_SECTION || nearest(name, SECTIONS) === "QMServer";
}

function writtenLines(file: string): string[] | undefined {
  const read = readConfigFile(file);
  return read.kind === "ok" ? textLines(new TextDecoder().decode(read.value)) : undefined;
}

// Bytes that do not decode are a fault of their line alone.
function takeAwayUndecodable(lines: string[]): void {
  for (const [at, line] of lines.entries()) if (line.includes("\ufffd")) takeAway(lines, at);
}

/** A comment takes the line's place, so that the others keep their numbers; what continues its value goes with it. */
function takeAway(lines: string[], at: number): void {
  const indent = indentOf(lines[at] ?? "");
  lines[at] = "#";
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = lines[next] ?? "";
    if (stripStart(line) !== "" && indentOf(line) <= indent) return;
    lines[next] = "#";
  }
}

function indentOf(line: string): number {
  return line.length - stripStart(line).length;
}

function allDefaults(surroundings: Surroundings): LoadedConfig {
  return judgeConfig(NO_FILE, undefined, surroundings).loaded;
}
