import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { codeOrText } from "../disk/error-code.ts";
import { readJobInfo } from "../queue/intake/info-file.ts";
import { compareNaturally } from "../queue/intake/queue-names.ts";
import type { Layout } from "../queue/layout.ts";
import { deliver } from "../queue/submit/deliver.ts";
import { type IgorServer, readIgorFile, withoutServer } from "../queue/submit/igor-job.ts";
import { describeProblem, ProblemsError } from "../text/problem.ts";
import type { Actor } from "./actor.ts";

/** A folder of Igor's, and what is to become of it. */
export interface IgorSource extends IgorServer {
  /** Absolute. */
  readonly folder: string;
  /** Removes the file of each job that has been taken over. */
  readonly moves: boolean;
}

/** A file that was taken over as a job of this name, or left for a reason. */
export type ImportedFile =
  | { readonly file: string; readonly name: string; readonly warnings: readonly string[] }
  | { readonly file: string; readonly left: string };

interface Target {
  readonly layout: Layout;
  readonly config: Config;
}

/**
 * Takes over the jobs of a folder that are to do, in natural order, and tells of each of its `.json` files but `config.json`. Throws
 * what the file system throws where the folder cannot be read, and as `deliver` where the queue takes nothing.
 */
export async function* importIgor(
  queue: Target,
  source: IgorSource,
  { name: by }: Pick<Actor, "name">,
): AsyncGenerator<ImportedFile, void> {
  const names = fs.readdirSync(source.folder).filter((name) => name.endsWith(".json"));
  for (const file of names.filter((name) => name !== "config.json").sort(compareNaturally))
    yield await importFile(queue, source, file, by);
}

async function importFile(
  { layout, config }: Target,
  source: IgorSource,
  file: string,
  by: string,
): Promise<ImportedFile> {
  const read = readIgorFile(source.folder, file);
  if ("left" in read) return { file, left: read.left };
  try {
    const { name, warnings } = await deliver(layout, read.name, by, async (folder) => {
      fs.mkdirSync(folder);
      fs.writeFileSync(path.join(folder, file), withoutServer(read.text, source));
      return warningsOf(folder, config);
    });
    const unmoved = source.moves ? remove(path.join(source.folder, file)) : [];
    return { file, name, warnings: [...warnings, ...unmoved] };
  } catch (error) {
    if (error instanceof ProblemsError) return { file, left: error.problems.map(describeProblem).join("; ") };
    throw error;
  }
}

/** The oddities that the manager would warn of. Throws `ProblemsError` with the faults for which it would refuse the job. */
function warningsOf(folder: string, config: Config): readonly string[] {
  const read = readJobInfo(folder, config);
  if (read.kind === "problems") throw new ProblemsError("it cannot be taken over", read.problems);
  return read.value.warnings ?? [];
}

function remove(original: string): readonly string[] {
  try {
    fs.rmSync(original);
    return [];
  } catch (error) {
    return [`${original} could not be removed (${codeOrText(error)}): taken over again, it runs again`];
  }
}
