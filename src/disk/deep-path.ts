import fs from "node:fs";
import { handlesHaveNames, nameOfHandle } from "./hold-by-handle.ts";

/** The longest path that a call takes, in bytes: Linux's `PATH_MAX` without the closing zero. */
const MAX_PATH_BYTES = 4095;
const SLASH = Buffer.from("/");

/**
 * Does something with a file in a tree, by a path that the system takes however deep the file lies: of a longer one the
 * beginning is opened, as folders that are open have short names on Linux. Elsewhere the system refuses with ENAMETOOLONG.
 * Throws what the file system throws.
 * @param act works with the path before it returns, as that is no longer valid then
 */
export function atDeepPath<T>(root: Buffer, relative: Buffer, act: (path: Buffer) => T): T {
  const path = Buffer.concat([root, SLASH, relative]);
  const cut = path.lastIndexOf(SLASH, MAX_PATH_BYTES);
  if (path.length <= MAX_PATH_BYTES || cut <= root.length || !handlesHaveNames) return act(path);
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  const handle = fs.openSync(path.subarray(0, cut), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    return atDeepPath(Buffer.from(nameOfHandle(handle)), path.subarray(cut + 1), act);
  } finally {
    fs.closeSync(handle);
  }
}
