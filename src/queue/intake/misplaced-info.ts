import fs from "node:fs";
import path from "node:path";
import { quoted } from "../../text/escape.ts";
import { isOneEditAway } from "../../text/nearest.ts";
import type { Problem } from "../../text/problem.ts";
import { tryOr } from "../../text/try-or.ts";

/** Somebody who packed one folder too many has one folder inside; nobody is helped by a search among many. */
const MAX_FOLDERS = 10;

/**
 * The fault where a job's folder has no info file but something that was meant as one: under a name that is
 * nearly right, or one folder deeper, as after unpacking an archive. Undefined where nothing looks so.
 */
export function misplacedInfo(jobFolder: string, jobFiles: readonly string[]): Problem | undefined {
  const entries = entriesOf(jobFolder);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return misnamed(files, jobFiles) ?? tooDeep(jobFolder, entries, jobFiles);
}

function misnamed(files: readonly string[], jobFiles: readonly string[]): Problem | undefined {
  const names = files.map((file) => ({ file, name: plain(file) }));
  const stems = new Set(jobFiles.map((wanted) => path.parse(plain(wanted)).name));
  const isNear = [
    (name: string, wanted: string) => name === wanted,
    isOneEditAway,
    (name: string, wanted: string) =>
      path.extname(name) === path.extname(wanted) && stems.has(path.parse(name).name),
  ];
  for (const near of isNear) {
    for (const wanted of jobFiles) {
      const found = names.find(({ name }) => near(name, plain(wanted)));
      if (found === undefined) continue;
      return {
        file: found.file,
        wrong: "is not the name of an info file",
        right: `should be called ${wanted}`,
      };
    }
  }
  return undefined;
}

/** A name as it is compared: without what Windows adds to a copy or hides, `-` and blanks as `_`, one ending for `.cfg`. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/(.)\.txt$/, "$1")
    .replace(/(?:[ _-]+copy)?(?: *\(\d+\))?(?=(?:\.[^.]*)?$)/, "")
    .replace(/\.(?:ini|conf|config)$/, ".cfg")
    .replaceAll(/[- ]/g, "_");
}

function tooDeep(
  jobFolder: string,
  entries: readonly fs.Dirent[],
  jobFiles: readonly string[],
): Problem | undefined {
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const folder of folders.slice(0, MAX_FOLDERS)) {
    const inside = new Set(entriesOf(path.join(jobFolder, folder)).map(({ name }) => name));
    const file = jobFiles.find((name) => inside.has(name));
    if (file !== undefined)
      return {
        file: `${folder}/${file}`,
        wrong: "lies one folder too deep",
        right: `copy the folder ${quoted(folder, 255)} itself: a job is the folder with the info file in it`,
      };
  }
  return undefined;
}

// It is a hint only: where the folder cannot be listed, there is none.
function entriesOf(folder: string): readonly fs.Dirent[] {
  return tryOr(() => fs.readdirSync(folder, { withFileTypes: true }), []);
}
