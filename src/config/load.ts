import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Checked, Problem } from "../core/problem.ts";
import { readRegularFile } from "../files/safe-read.ts";
import { type CfgFile, readCfg } from "../formats/cfg.ts";
import { decodeUtf8 } from "../formats/utf8.ts";
import { checkConfig } from "./check.ts";
import type { LoadedConfig } from "./config.ts";
import { type FileRequest, findConfigFile } from "./find-file.ts";
import type { Surroundings } from "./parser.ts";

/** Which file to load; the rest replaces what the machine says of itself. */
export interface ConfigRequest extends FileRequest {
  readonly hostname?: string;
  readonly processors?: number;
  readonly home?: string;
}

const MAX_FILE_BYTES = 1_000_000;
/** What a file that is not there says. */
export const NO_FILE: CfgFile = { sections: new Map() };

/** Loads the configuration, or tells everything that is wrong with it. Without a file all values are defaults. */
export function loadConfig(request: ConfigRequest): Checked<LoadedConfig> {
  const found = findConfigFile(request);
  if (found.kind === "problems") return found;
  const file = found.value;
  if (file === undefined) return checkConfig(NO_FILE, undefined, surroundingsOf(request, request.cwd));
  const text = readText(file);
  if (text.kind === "problems") return text;
  const { cfg, problems } = readCfg(text.value, file);
  return checkConfig(cfg, file, surroundingsOf(request, path.dirname(file)), problems);
}

/** What values depend on, for a file in this folder. */
export function surroundingsOf(request: ConfigRequest, folder: string): Surroundings {
  return {
    folder: path.resolve(folder),
    home: request.home ?? os.homedir(),
    hostname: request.hostname ?? os.hostname(),
    processors: request.processors ?? os.availableParallelism(),
  };
}

function readText(file: string): Checked<string> {
  const read = readConfigFile(file);
  return read.kind === "ok" ? decodeUtf8(read.value, file) : read;
}

/** The bytes of a configuration file, or why there are none. */
export function readConfigFile(file: string): Checked<Buffer> {
  const real = realPath(file);
  if (real === undefined) return fault({ file, wrong: "leads to no file", right: "should be a file" });
  const read = readRegularFile(real, MAX_FILE_BYTES);
  if (read.kind === "absent") return fault({ file, wrong: "does not exist", right: "should be a file" });
  if (read.kind === "refused") return fault({ file, wrong: read.why, right: "should be a readable file" });
  return { kind: "ok", value: read.bytes };
}

// The file is the administrator's own: unlike a job's info file it may be a link.
function realPath(file: string): string | undefined {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}

function fault(problem: Problem): Checked<never> {
  return { kind: "problems", problems: [problem] };
}
