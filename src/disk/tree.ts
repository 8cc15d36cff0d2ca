import fs from "node:fs";
import { errorCode } from "./error-code.ts";
import { atDeepPath } from "./held-folder.ts";

/** One thing inside a job's folder; the path is relative and in bytes, as names need not be valid UTF-8. */
export interface TreeEntry {
  readonly path: Buffer;
  readonly type: "file" | "folder" | "link" | "other" | "unreadable";
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

const SLASH = Buffer.from("/");

/**
 * Everything below a folder, depth first, sorted by bytes, links not followed, the folder itself left out.
 * What vanishes during the walk is left out; what cannot be read appears as `unreadable`.
 */
export function* walkTree(root: string | Buffer): Generator<TreeEntry> {
  const base = typeof root === "string" ? Buffer.from(root) : root;
  // An own stack: a generator inside a generator for each level would make a deep tree slow.
  const pending = listChildren(base, undefined);
  for (let relative = pending.pop(); relative !== undefined; relative = pending.pop()) {
    const entry = describe(base, relative);
    if (entry === undefined) continue;
    yield entry;
    if (entry.type !== "folder") continue;
    try {
      // One by one: a hundred thousand arguments are more than a call takes.
      for (const child of listChildren(base, relative)) pending.push(child);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") yield { ...entry, type: "unreadable" };
    }
  }
}

// Sorted backwards, as the stack is taken from its end.
function listChildren(base: Buffer, relative: Buffer | undefined): Buffer[] {
  const read = (folder: Buffer) => fs.readdirSync(folder, { encoding: "buffer" });
  const found = relative === undefined ? read(base) : atDeepPath(base, relative, read);
  const names = found.sort((a, b) => Buffer.compare(b, a));
  return relative === undefined ? names : names.map((name) => Buffer.concat([relative, SLASH, name]));
}

function describe(base: Buffer, relative: Buffer): TreeEntry | undefined {
  try {
    const stats = atDeepPath(base, relative, (file) => fs.lstatSync(file));
    return {
      path: relative,
      type: typeOf(stats),
      bytes: stats.isFile() ? stats.size : 0,
      mtimeMs: stats.mtimeMs,
      ctimeMs: stats.ctimeMs,
    };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    return { path: relative, type: "unreadable", bytes: 0, mtimeMs: 0, ctimeMs: 0 };
  }
}

/** The kind of thing that was looked at without following it. */
export function typeOf(stats: fs.Stats): TreeEntry["type"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  if (stats.isSymbolicLink()) return "link";
  return "other";
}
