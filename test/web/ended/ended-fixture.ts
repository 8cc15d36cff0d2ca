import fs from "node:fs";
import path from "node:path";
import { vi } from "vitest";
import type { JobRecord } from "../../../src/job/record.ts";
import { JOB_FILES, type Layout, layoutOf, SHELVES, type Shelf } from "../../../src/queue/layout.ts";
import type { EndedIndex } from "../../../src/web/ended/ended-index.ts";
import { fill, scratchFolder } from "../../support/scratch.ts";

/** Empty shelves in a temporary folder. */
export function emptyLayout(): Layout {
  const layout = layoutOf(path.join(scratchFolder(), "QM"));
  for (const shelf of SHELVES) fs.mkdirSync(layout[shelf], { recursive: true });
  fs.mkdirSync(layout.state);
  return layout;
}

/** A record as it stands in the history. */
export function recordOf(name: string, fields: Partial<JobRecord> = {}): JobRecord {
  return {
    version: 1,
    name,
    runId: `run-${name}-${fields.attempt ?? 1}`,
    attempt: 1,
    state: "done",
    reason: "the command ended with exit code 0",
    owner: "ada@lab.org",
    description: "",
    mailTo: [],
    worker: "w",
    host: "h",
    processors: 1,
    finishedAt: "2026-01-05T11:00:00.000Z",
    ...fields,
  };
}

/** Writes the record of a job that has ended into a folder, whatever the folder's name. */
export function writeRecord(folder: string, record: JobRecord): void {
  fill(folder, { [JOB_FILES.record]: JSON.stringify(record) });
}

/** Adds a line to the history as the manager does, closing a torn one first. */
export function appendRecord(layout: Layout, record: JobRecord): void {
  const before = fs.existsSync(layout.history) ? fs.readFileSync(layout.history, "utf8") : "";
  const start = before === "" || before.endsWith("\n") ? "" : "\n";
  fs.appendFileSync(layout.history, `${start}${JSON.stringify(record)}\n`);
}

/** Puts an ended job's folder on a shelf and its line into the history. */
export function end(
  layout: Layout,
  name: string,
  fields: Partial<JobRecord> = {},
  shelf: Shelf = "finished",
): void {
  writeRecord(path.join(layout[shelf], name), recordOf(name, fields));
  appendRecord(layout, recordOf(name, fields));
}

let nowMs = 0;

/** Lets the clock by which the index rests stand still until {@link look}; call it in `beforeEach`. */
export function stopClock(): () => void {
  const clock = vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  return () => clock.mockRestore();
}

/** Brings the index up to date, long after it last looked. */
export async function look(index: EndedIndex): Promise<void> {
  nowMs += 1e9;
  await index.refresh();
}

/** The names of all listed jobs after a look, newest first. */
export async function listed(index: EndedIndex): Promise<string[]> {
  await look(index);
  return (await index.page({}, 0, 1_000_000)).jobs.map(({ name }) => name);
}
