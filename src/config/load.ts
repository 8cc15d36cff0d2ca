import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ownEnvironment } from "../disk/own-environment.ts";
import { cpuQuota } from "../disk/read-cpu-quota.ts";
import { readRegularFile } from "../disk/safe-read.ts";
import { type CfgFile, readCfg } from "../formats/cfg.ts";
import { decodeText } from "../formats/text-encoding.ts";
import type { Checked, Problem } from "../text/problem.ts";
import { checkConfig } from "./check.ts";
import type { LoadedConfig } from "./config.ts";
import { type FileRequest, findConfigFile } from "./find-file.ts";
import type { Surroundings } from "./parser.ts";

/** Which file to load; the rest replaces what the machine says of itself. */
export interface ConfigRequest extends FileRequest {
  readonly hostname?: string;
  /** Processors this process is bound to. */
  readonly processors?: number;
  /** Processors of a CPU quota. */
  readonly cpuQuota?: number;
  /** The process is not the manager: a variable that it does not know is no fault. */
  readonly mayLackVariables?: boolean;
}

const MAX_FILE_BYTES = 1_000_000;
/** What a file that is not there says. */
export const NO_FILE: CfgFile = { sections: new Map() };

/** Loads the configuration, or tells everything that is wrong with it. Without a file all values are defaults. */
export function loadConfig(request: ConfigRequest): Checked<LoadedConfig> {
  const found = findConfigFile({ home: homeIn(ownEnvironment(request.env)), ...request });
  if (found.kind === "problems") return found;
  const { file, sought } = found.value;
  const checked = file === undefined ? allDefaults(request) : loadFile(file, request);
  return checked.kind === "ok" ? { kind: "ok", value: { ...checked.value, sought } } : checked;
}

/**
 * Reads the configuration anew, at each call, for a process that has begun with `loaded`: from the file in force, so that one which
 * is out of sight for a moment is told of, and does not pass for no file at all; or from one made since at a place before it.
 */
export function reloadConfig(request: ConfigRequest, { file }: LoadedConfig): () => Checked<LoadedConfig> {
  let inForce = file;
  return () => {
    const read = loadConfig({ ...request, begunWith: inForce });
    if (read.kind === "ok") inForce = read.value.file;
    return read;
  };
}

function allDefaults(request: ConfigRequest): Checked<LoadedConfig> {
  return checkConfig(NO_FILE, undefined, surroundingsOf(request, request.cwd));
}

function loadFile(file: string, request: ConfigRequest): Checked<LoadedConfig> {
  const read = readConfigFile(file);
  if (read.kind === "problems") return read;
  const decoded = decodeText(read.value, file);
  const faults = decoded.kind === "problems" ? decoded.problems : [];
  // Without a line it is no text at all; with one the rest of the file can be checked too, and Latin-1 takes any bytes.
  if (faults.some(({ line }) => line === undefined)) return { kind: "problems", problems: faults };
  const text = decoded.kind === "ok" ? decoded.value : new TextDecoder("latin1").decode(read.value);
  const { cfg, problems } = readCfg(text, file);
  return checkConfig(cfg, file, surroundingsOf(request, path.dirname(file)), [...faults, ...problems]);
}

/** What values depend on, for a file in this folder. */
export function surroundingsOf(request: ConfigRequest, folder: string): Surroundings {
  const variables = ownEnvironment(request.env);
  return {
    folder: path.resolve(folder),
    home: request.home ?? homeIn(variables),
    hostname: request.hostname ?? os.hostname(),
    ...processorsOf(request),
    variables,
    queueFolder: request.queue?.folder,
    mayLackVariables: request.mayLackVariables ?? false,
  };
}

// A fraction of a processor is best used by one job that gets less than a whole one.
function processorsOf(request: ConfigRequest): Pick<Surroundings, "processors" | "cpuQuota"> {
  const processors = request.processors ?? os.availableParallelism();
  const quota = request.cpuQuota ?? (request.processors === undefined ? cpuQuota() : undefined);
  if (quota === undefined || quota >= processors) return { processors, cpuQuota: undefined };
  return { processors: Math.max(1, Math.ceil(quota)), cpuQuota: quota };
}

function homeIn({ HOME: home }: Surroundings["variables"]): string | undefined {
  return home !== undefined && path.isAbsolute(home) ? home : undefined;
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
