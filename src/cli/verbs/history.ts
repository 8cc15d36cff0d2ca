import type { JobRecord } from "../../job/record.ts";
import { readHistory } from "../../queue/books/history.ts";
import { counted } from "../../text/quantity.ts";
import { openExistingQueueAnyway } from "../open-queue.ts";
import { addRecordsOptions, countOption, type RecordsOptions, recordsFilter } from "../records-filter.ts";
import type { AddVerb, Session } from "../session.ts";
import { endedColumns } from "../status-text.ts";
import { type Io, note, type ReadingOptions, styleFor, writeAnswer, writeLines } from "../terminal/output.ts";
import { tableLines } from "../terminal/table.ts";

interface HistoryOptions extends ReadingOptions, RecordsOptions {
  readonly last?: number;
}

const SHOWN_AT_FIRST = 50;

/**
 * `qm history`: every attempt that has ended, newest last, also those whose folder is gone. A table shows the last
 * 50 unless `--last` says otherwise; `--json` and `-q` give all. `--json`: `{ version: 1, jobs: [records as in
 * history.jsonl] }`.
 */
export const addHistory: AddVerb = (program, bind) => {
  const command = program
    .command("history")
    .description("list the jobs that have ended, newest last")
    .option("--last <n>", "only the last ones (a table shows 50 unless told)", countOption("--last"))
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only their names");
  addRecordsOptions(command).action(bind(history));
};

async function history(session: Session, options: HistoryOptions): Promise<void> {
  const { io } = session;
  const { layout } = openExistingQueueAnyway(session);
  const filter = recordsFilter(options);
  const isTable = options.json !== true && options.quiet !== true;
  const count = options.last;
  const found = readHistory(layout.history).filter(filter);
  const records = found.slice(-(count ?? (isTable ? SHOWN_AT_FIRST : found.length)));
  writeAnswer(io, options, {
    json: () => ({ version: 1, jobs: records }),
    names: () => [...new Set(records.map(({ name }) => name))],
    write: () => writeTable(io, records, count === undefined ? found.length - records.length : 0),
  });
}

function writeTable(io: Io, records: readonly JobRecord[], hidden: number): void {
  if (records.length === 0) note(io, "no job has ended yet that fits");
  else writeLines(io.stdout, tableLines(records, endedColumns(styleFor(io.stdout, io.env)), io.stdout));
  if (hidden > 0) note(io, `${counted(hidden, "older one")}: --last N shows more`);
}
