import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { cpuQuota } from "../disk/cpu-quota.ts";
import { isThere } from "../disk/error-code.ts";
import { readRegularFile } from "../disk/safe-read.ts";
import { ownEnvironment } from "../disk/system-users.ts";
import { type CfgSections, readCfg } from "../formats/cfg.ts";
import { decodeText } from "../formats/text-encoding.ts";
import type { Checked } from "../text/problem.ts";
import { tryOr } from "../text/try-or.ts";
import { checkConfig } from "./check.ts";
import type { LoadedConfig } from "./config.ts";
import type { Surroundings } from "./parser.ts";

/** The file to load; the rest replaces what the machine says of itself. */
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
/** The content of a file that is not there. */
export const NO_FILE: CfgSections = new Map();

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
  const { sections, problems } = readCfg(text, file);
  return checkConfig(sections, file, surroundingsOf(request, path.dirname(file)), [...faults, ...problems]);
}

/** The surroundings on which values depend, for a file in this folder. */
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
  // The file is the administrator's own: unlike a job's info file it may be a link.
  const real = tryOr(() => fs.realpathSync(file), undefined);
  if (real === undefined) return fault(file, "leads to no file", "should be a file");
  const read = readRegularFile(real, MAX_FILE_BYTES);
  if (read.kind === "absent") return fault(file, "does not exist", "should be a file");
  if (read.kind === "refused") return fault(file, read.why, "should be a readable file");
  return { kind: "ok", value: read.bytes };
}

function fault(file: string, wrong: string, right: string): Checked<never> {
  return { kind: "problems", problems: [{ file, wrong, right }] };
}

/** The file looked for in each folder. */
export const CONFIG_FILE = "QMserv.cfg";

/** All that says which configuration file is meant. */
interface FileRequest {
  /** The value of `--config`. */
  readonly explicit?: string | undefined;
  /** The file in force in a process that reads its configuration anew. */
  readonly begunWith?: string | undefined;
  /** The queue that is meant by `$QM_FOLDER`. */
  readonly queue?: NamedQueue | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The user's home folder, absolute; undefined where there is none. */
  readonly home?: string | undefined;
}

/** A queue that is named by its folder: the configuration is its manager's. */
export interface NamedQueue {
  /** Absolute. */
  readonly folder: string;
  /** Absolute; undefined where the manager has none, or is not known. */
  readonly file: string | undefined;
}

/** A configuration file, if there is one, and where it was looked for. */
interface FoundFile {
  /** Absolute. */
  readonly file: string | undefined;
  /** Absolute paths, the first of which counts that is there; the file found is the last one. */
  readonly sought: readonly string[];
}

/**
 * The first that is there of `--config`, `$QM_CONFIG`, the file of the manager whose queue `$QM_FOLDER` means, and `QMserv.cfg` in
 * the current folder, in `~/.config/queuemanager` and in `/etc/queuemanager`. One that is asked for by name must exist, and so
 * must the one begun with, unless one was made at a place that comes before it.
 */
export function findConfigFile(request: FileRequest): Checked<FoundFile> {
  const { named, places } = placesOf(request);
  const { begunWith } = request;
  const sought = begunWith === undefined ? places : upTo(places, begunWith);
  // A link that leads nowhere counts as there, so that reading it tells what is wrong. Of a folder that is closed to us, as
  // another user's home, nothing can be known.
  const at = sought.findIndex((place) => tryOr(() => isThere(place), false));
  if (at !== -1) return { kind: "ok", value: { file: sought[at], sought: sought.slice(0, at + 1) } };
  const absent = (file: string, right: string) => fault(file, "does not exist", right);
  if (begunWith !== undefined) return absent(begunWith, "should be put back: the manager or page goes by it");
  if (named !== undefined)
    return absent(places[0] ?? "", `${named} should name an existing configuration file`);
  return { kind: "ok", value: { file: undefined, sought } };
}

interface Places {
  /** The setting that names the only place; undefined where there are several. */
  readonly named?: string;
  readonly places: readonly string[];
}

function placesOf({ explicit, queue, env, cwd, home }: FileRequest): Places {
  if (explicit !== undefined) return { named: "--config", places: [path.resolve(cwd, explicit)] };
  const variable = env["QM_CONFIG"] ?? "";
  if (variable !== "") return { named: "QM_CONFIG", places: [path.resolve(cwd, variable)] };
  if (queue !== undefined) return { places: queue.file === undefined ? [] : [queue.file] };
  const ofUser = home === undefined ? [] : [path.join(home, ".config/queuemanager")];
  const folders = [cwd, ...ofUser, "/etc/queuemanager"];
  return { places: folders.map((folder) => path.join(folder, CONFIG_FILE)) };
}

function upTo(places: readonly string[], file: string): readonly string[] {
  const at = places.indexOf(file);
  return at === -1 ? [file] : places.slice(0, at + 1);
}
