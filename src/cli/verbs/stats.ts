import { dayOf, type NamedTally, tallyBy, tallyOf } from "../../app/tally.ts";
import { readHistory } from "../../queue/books/history.ts";
import { formatKnownDuration } from "../../text/duration.ts";
import { openExistingQueueAnyway } from "../open-queue.ts";
import { addRecordsOptions, type RecordsOptions, recordsFilter } from "../records-filter.ts";
import type { AddVerb, Session } from "../session.ts";
import { type Io, note, type ReadingOptions, styleFor, writeAnswer, writeLines } from "../terminal/output.ts";
import { type Column, tableLines } from "../terminal/table.ts";

/**
 * `qm stats`: what the queue did, by owner and by day. `--json`: `{ version: 1, total: TALLY, byOwner: [{ owner, …
 * TALLY }], byDay: [{ day, … TALLY }] }` where TALLY is `{ jobs, failures, processorHours, waitedMedianSeconds?,
 * waited90thSeconds? }`. `-q`: the owners.
 */
export const addStats: AddVerb = (program, bind) => {
  const command = program
    .command("stats")
    .description("count jobs, failures, processor hours and waiting by owner and by day")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the names of the owners");
  addRecordsOptions(command).action(bind(stats));
};

type StatsOptions = RecordsOptions & ReadingOptions;

async function stats(session: Session, options: StatsOptions): Promise<void> {
  const { io } = session;
  const { layout } = openExistingQueueAnyway(session);
  const records = readHistory(layout.history).filter(recordsFilter(options));
  const byOwner = tallyBy(records, ({ owner }) => owner);
  const byDay = tallyBy(records, dayOf);
  const total = tallyOf(records);
  writeAnswer(io, options, {
    json: () => ({
      version: 1,
      total,
      byOwner: byOwner.map(([owner, tally]) => ({ owner, ...tally })),
      byDay: byDay.map(([day, tally]) => ({ day, ...tally })),
    }),
    names: () => byOwner.map(([owner]) => owner),
    write: () => {
      if (records.length === 0) note(io, "no job has ended yet that fits");
      else writeTables(io, [...byOwner, ["all", total]], byDay);
    },
  });
}

function writeTables(
  { stdout, env }: Io,
  byOwner: readonly NamedTally[],
  byDay: readonly NamedTally[],
): void {
  const { bold } = styleFor(stdout, env);
  writeLines(stdout, [
    bold("By owner"),
    ...tableLines(byOwner, columns("OWNER"), stdout),
    "",
    bold("By day"),
    ...tableLines(byDay, columns("DAY"), stdout),
  ]);
}

function columns(title: string): Column<NamedTally>[] {
  return [
    { title, of: ([key]) => key, shrinkTo: 10 },
    { title: "JOBS", of: ([, { jobs }]) => String(jobs), align: "right" },
    { title: "FAILURES", of: ([, { failures }]) => String(failures), align: "right" },
    { title: "PROCESSOR HOURS", of: ([, { processorHours }]) => processorHours.toFixed(2), align: "right" },
    {
      title: "WAITED (MEDIAN)",
      of: ([, { waitedMedianSeconds }]) => formatKnownDuration(waitedMedianSeconds) ?? "-",
      align: "right",
    },
  ];
}
