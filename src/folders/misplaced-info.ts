import fs from "node:fs";
import path from "node:path";
import type { Problem } from "../core/problem.ts";
import { quoted } from "../core/quoted.ts";

/** Somebody who packed one folder too many has one folder inside; nobody is helped by a search among many. */
const MAX_FOLDERS = 10;

/**
 * What is wrong where a job's folder has no info file but something that was meant as one: in other letters, with the
 * `.txt` that Windows hides, or one folder deeper, as after unpacking an archive. Undefined where nothing looks so.
 */
export function misplacedInfo(jobFolder: string, jobFiles: readonly string[]): Problem | undefined {
  const entries = entriesOf(jobFolder);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return misnamed(files, jobFiles) ?? tooDeep(jobFolder, entries, jobFiles);
}

function misnamed(files: readonly string[], jobFiles: readonly string[]): Problem | undefined {
  for (const wanted of jobFiles) {
    const likeIt = [wanted.toLowerCase(), `${wanted.toLowerCase()}.txt`];
    const file = files.find((name) => likeIt.includes(name.toLowerCase()));
    if (file !== undefined)
      return { file, wrong: "is not the name of an info file", right: `should be called ${wanted}` };
  }
  return undefined;
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
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
