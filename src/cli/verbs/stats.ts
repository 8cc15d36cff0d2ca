import { dayOf, type Tally, tallyBy, tallyOf } from "../../app/tally.ts";
import { readHistory } from "../../queue/books/history.ts";
import { formatKnownDuration } from "../../text/duration.ts";
import { openExistingQueueAnyway } from "../existing-queue.ts";
import { addRecordsOptions, type RecordsOptions, recordsFilter } from "../records-filter.ts";
import type { Session } from "../session.ts";
import { note, styleFor, writeJson, writeLines, writeNames } from "../terminal/output.ts";
import { type Column, tableLines } from "../terminal/table.ts";
import type { AddVerb } from "../verb.ts";

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

type StatsOptions = RecordsOptions & { readonly json?: boolean; readonly quiet?: boolean };

async function stats(session: Session, options: StatsOptions): Promise<number> {
  const { io } = session;
  const { layout } = openExistingQueueAnyway(session);
  const records = readHistory(layout.history).filter(recordsFilter(options));
  const byOwner = tallyBy(records, ({ owner }) => owner);
  const byDay = tallyBy(records, dayOf);
  if (options.quiet === true)
    writeNames(
      io,
      byOwner.map(([owner]) => owner),
    );
  else if (options.json === true)
    writeJson(io, {
      version: 1,
      total: tallyOf(records),
      byOwner: byOwner.map(([owner, tally]) => ({ owner, ...tally })),
      byDay: byDay.map(([day, tally]) => ({ day, ...tally })),
    });
  else if (records.length === 0) note(io, "no job has ended yet that fits");
  else {
    const { bold } = styleFor(io.stdout, io.env);
    const total: [string, Tally] = ["all", tallyOf(records)];
    writeLines(io.stdout, [
      bold("By owner"),
      ...tableLines([...byOwner, total], columns("OWNER"), io.stdout),
      "",
      bold("By day"),
      ...tableLines(byDay, columns("DAY"), io.stdout),
    ]);
  }
  return 0;
}

function columns(title: string): Column<readonly [string, Tally]>[] {
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
