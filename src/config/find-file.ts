import fs from "node:fs";
import path from "node:path";
import type { Checked } from "../text/problem.ts";

/** The file looked for in each folder. */
const CONFIG_FILE_NAME = "QMserv.cfg";

/** What says which configuration file is meant. */
export interface FileRequest {
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
  const at = sought.findIndex(isThere);
  if (at !== -1) return { kind: "ok", value: { file: sought[at], sought: sought.slice(0, at + 1) } };
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
  return { places: folders.map((folder) => path.join(folder, CONFIG_FILE_NAME)) };
}

function upTo(places: readonly string[], file: string): readonly string[] {
  const at = places.indexOf(file);
  return at === -1 ? [file] : places.slice(0, at + 1);
}

// A link that leads nowhere counts as there, so that reading it tells what is wrong. Of a folder that is closed to us, as
// another user's home, nothing can be known.
function isThere(file: string): boolean {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function absent(file: string, right: string): Checked<never> {
  return { kind: "problems", problems: [{ file, wrong: "does not exist", right }] };
}
