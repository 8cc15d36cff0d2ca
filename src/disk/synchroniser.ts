import fs from "node:fs";
import path from "node:path";
import { tryOr } from "../text/try-or.ts";

/** Programs that keep a folder equal on several machines, by what they put into it. A home's `.dropbox` is a folder, and no sign. */
const SYNCHRONISERS: readonly { name: string; mark: string; isMark: (found: fs.Stats) => boolean }[] = [
  { name: "Syncthing", mark: ".stfolder", isMark: () => true },
  { name: "Dropbox", mark: ".dropbox", isMark: (found) => found.isFile() },
  { name: "Dropbox", mark: ".dropbox.cache", isMark: (found) => found.isDirectory() },
];

/** The program that keeps a folder, or one above it, equal on several machines by copies, and the folder that it keeps so. */
export function synchroniserOf(
  folder: string,
): { readonly name: string; readonly folder: string } | undefined {
  for (let above = folder; ; above = path.dirname(above)) {
    const found = SYNCHRONISERS.find(({ mark, isMark }) => {
      const stats = tryOr(() => fs.statSync(path.join(above, mark)), undefined);
      return stats !== undefined && isMark(stats);
    });
    if (found !== undefined) return { name: found.name, folder: above };
    if (above === path.dirname(above)) return undefined;
  }
}
