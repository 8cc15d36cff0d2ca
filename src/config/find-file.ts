import fs from "node:fs";
import path from "node:path";
import type { Checked } from "../core/problem.ts";

/** The file looked for in the current folder. */
const CONFIG_FILE_NAME = "QMserv.cfg";

/** What says which configuration file is meant. */
export interface FileRequest {
  /** The value of `--config`. */
  readonly explicit?: string | undefined;
  /** What was read when the process began, and is asked for again. */
  readonly begunWith?: string | undefined;
  readonly env: { readonly QM_CONFIG?: string | undefined };
  readonly cwd: string;
}

/**
 * The configuration file's absolute path: the one begun with, else the first of `--config`, `$QM_CONFIG` and `QMserv.cfg` in the current folder;
 * undefined when there is none. One that is asked for by name must exist.
 */
export function findConfigFile({ explicit, begunWith, env, cwd }: FileRequest): Checked<string | undefined> {
  if (begunWith !== undefined)
    return namedFile(begunWith, "should be put back: the manager or page was started with it");
  if (explicit !== undefined) return namedFile(path.resolve(cwd, explicit), named("--config"));
  if (env.QM_CONFIG) return namedFile(path.resolve(cwd, env.QM_CONFIG), named("QM_CONFIG"));
  const local = path.join(cwd, CONFIG_FILE_NAME);
  // A link that leads nowhere counts as there, so that reading it tells what is wrong.
  const present = fs.lstatSync(local, { throwIfNoEntry: false }) !== undefined;
  return { kind: "ok", value: present ? local : undefined };
}

function named(asked: string): string {
  return `${asked} should name an existing configuration file`;
}

function namedFile(file: string, right: string): Checked<string> {
  if (fs.existsSync(file)) return { kind: "ok", value: file };
  return { kind: "problems", problems: [{ file, wrong: "does not exist", right }] };
}
