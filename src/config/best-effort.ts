import path from "node:path";
import type { Problem } from "../core/problem.ts";
import { parseCfg } from "../formats/cfg.ts";
import { stripStart, textLines } from "../formats/python-text.ts";
import { checkConfig } from "./check.ts";
import type { LoadedConfig } from "./config.ts";
import { type ConfigRequest, loadConfig, NO_FILE, readConfigFile, surroundingsOf } from "./load.ts";
import type { Surroundings } from "./parser.ts";

/** A configuration in any case, and all that is wrong with its file; nothing where it is sound. */
export interface BestEffort {
  readonly loaded: LoadedConfig;
  readonly problems: readonly Problem[];
}

/** Each round takes away every fault it sees; a file that needs more of them is no configuration. */
const MAX_ROUNDS = 100;

/**
 * As `loadConfig`, but never without a configuration: of a faulty file the values that are good, defaults for the
 * others. For whoever wants to see a queue or stop it; to start one on such grounds would be wrong.
 */
export function loadBestEffort(request: ConfigRequest): BestEffort {
  const strict = loadConfig(request);
  if (strict.kind === "ok") return { loaded: strict.value, problems: [] };
  const file = path.resolve(request.cwd, strict.problems[0]?.file ?? "");
  const surroundings = surroundingsOf(request, path.dirname(file));
  return { loaded: salvage(file, surroundings), problems: strict.problems };
}

function salvage(file: string, surroundings: Surroundings): LoadedConfig {
  const lines = readableLines(file);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const cfg = parseCfg(lines.join("\n"), file);
    const checked = cfg.kind === "ok" ? checkConfig(cfg.value, file, surroundings) : cfg;
    if (checked.kind === "ok") return checked.value;
    for (const { line } of checked.problems) if (line !== undefined) takeAway(lines, line - 1);
  }
  return allDefaults(surroundings);
}

// What does not decode is a fault of its line alone.
function readableLines(file: string): string[] {
  const read = readConfigFile(file);
  if (read.kind === "problems") return [];
  const lines = textLines(new TextDecoder().decode(read.value));
  for (const [at, line] of lines.entries()) if (line.includes("\ufffd")) takeAway(lines, at);
  return lines;
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
  const checked = checkConfig(NO_FILE, undefined, surroundings);
  if (checked.kind === "ok") return checked.value;
  throw new Error("the defaults of the configuration are wrong");
}
