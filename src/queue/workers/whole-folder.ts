import fs from "node:fs";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { errorCode, ifThere, isDenied } from "../../disk/error-code.ts";
import { atDeepPath } from "../../disk/held-folder.ts";
import { openFile } from "../../disk/open-file.ts";
import { STRANGERS_FILE } from "../../disk/safe-read.ts";
import { pathKey } from "../books/job-inputs.ts";
import { listFolderNames } from "../stages.ts";
import type { OrderedInput } from "./order.ts";

/** Between two slices of looks other things get their turn. */
const SLICE_MS = 10;

/**
 * The first thing that is missing of a job's folder, as this machine sees it, in words for people; undefined where all of it is
 * there: the folder by listing the one that it lies in, each input listed, opened and of its size. Mounts show what another machine
 * has written late, and a single path later than a list. Throws what the file system throws, but for absence.
 */
export async function findMissing(
  jobFolder: string,
  inputs: readonly OrderedInput[],
): Promise<string | undefined> {
  if (!listFolderNames(path.dirname(jobFolder)).includes(path.basename(jobFolder)))
    return "its folder is not to be seen here yet";
  const root = Buffer.from(jobFolder);
  const listed = new Map<string, ReadonlySet<string>>();
  let sliceEndMs = performance.now() + SLICE_MS;
  for (const input of inputs) {
    const missing = lookFor(root, input, listed);
    if (missing !== undefined) return missing;
    if (performance.now() < sliceEndMs) continue;
    await nextTurn();
    sliceEndMs = performance.now() + SLICE_MS;
  }
  return undefined;
}

function lookFor(
  root: Buffer,
  input: OrderedInput,
  listed: Map<string, ReadonlySet<string>>,
): string | undefined {
  const relative = Buffer.from(pathKey(input), "latin1");
  if (!isListed(root, relative, listed)) return `${input.path} is not to be seen here yet`;
  const bytes = sizeOf(root, relative);
  if (bytes === undefined) return `${input.path} is not to be seen here yet`;
  if (input.bytes === undefined || bytes === input.bytes) return undefined;
  return `${input.path} has ${bytes} of ${input.bytes} bytes here`;
}

function isListed(root: Buffer, relative: Buffer, listed: Map<string, ReadonlySet<string>>): boolean {
  const key = relative.toString("latin1");
  const parent = path.posix.dirname(key);
  const names = listed.get(parent) ?? namesIn(root, parent);
  listed.set(parent, names);
  return names.has(path.posix.basename(key));
}

function namesIn(root: Buffer, parent: string): ReadonlySet<string> {
  const list = (folder: Buffer) => fs.readdirSync(folder, { encoding: "latin1" });
  const relative = Buffer.from(parent, "latin1");
  return new Set(ifThere(() => (parent === "." ? list(root) : atDeepPath(root, relative, list))));
}

// One that is closed to this user is the job's to complain of.
function sizeOf(root: Buffer, relative: Buffer): number | undefined {
  return ifThere(() =>
    atDeepPath(root, relative, (file) => {
      try {
        using opened = openFile(file, STRANGERS_FILE);
        return fs.fstatSync(opened.handle).size;
      } catch (error) {
        if (!isDenied(errorCode(error))) throw error;
        return fs.lstatSync(file).size;
      }
    }),
  );
}
