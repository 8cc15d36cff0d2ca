import fs from "node:fs";
import path from "node:path";
import { parseRecord } from "../../src/job/record.ts";
import type { Layout, Stage } from "../../src/queue/layout.ts";
import type { FoundFolder } from "./evidence.ts";

/** The file by which a job's folder is known, whatever it is called. */
export const ID_FILE = "soak-id";

/** Files that would do harm in a folder that is put into the queue again: it would be withdrawn, or taken before it is whole. */
const REQUESTS = ["QM_KILL", "QM_READY"];

/** Names of the folders in a stage, without what is hidden or still under another name. */
export function namesOn(layout: Layout, stage: Stage): string[] {
  return fs
    .readdirSync(layout[stage])
    .filter((name) => !name.startsWith(".") && !name.endsWith(".part"))
    .sort();
}

/** Content of a folder now; it may be gone any moment. */
export function lookInto(layout: Layout, stage: Stage, name: string): FoundFolder {
  const folder = path.join(layout[stage], name);
  const record = readIfThere(path.join(folder, ".qm/job.json"));
  return {
    stage,
    name,
    id: idOf(folder),
    record: record === undefined ? undefined : parseRecord(record),
    requests: REQUESTS.filter((request) => fs.existsSync(path.join(folder, request))),
  };
}

// A copy that was cut short may be without its file, but then its name is its own.
function idOf(folder: string): number | undefined {
  const text = readIfThere(path.join(folder, ID_FILE)) ?? /@(\d+)@/.exec(path.basename(folder))?.[1];
  return text === undefined || text === "" ? undefined : Number(text);
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
