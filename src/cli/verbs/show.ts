import { findJob } from "../../app/find-job.ts";
import { jobJson, type ShownJob, showJob } from "../../app/shown-job.ts";
import { factsOf, factsOfRun, listFacts } from "../../job/facts.ts";
import { isInQueue, isLive } from "../../job/job.ts";
import { causesOf, liveWord, PUT_AWAY, reasonOf, wordOf } from "../../job/words.ts";
import { escapeControls } from "../../text/escape.ts";
import { localTime } from "../../text/local-time.ts";
import { paintState } from "../describe-end.ts";
import { openExistingQueueAnyway } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { type ReadingOptions, type Style, styleFor, writeAnswer, writeLines } from "../terminal/output.ts";
import { fieldLines } from "../terminal/table.ts";
import { ago } from "../terminal/times.ts";

/**
 * `qm show JOB`: everything known of one job, in plain words; of one whose folder is gone what the history knows.
 * `--json`: `{ version: 2, name, state, stage: "queue" | "running" | "finished" | "lost" | "gone", folder?, live?: its entry
 * in `qm status --json`, record?: its `.qm/job.json` or its line of the history, putAway?: true where it was moved
 * among the ended jobs by hand, info?: what its info file asks for }`. `-q`: the path of its folder.
 */
export const addShow: AddVerb = (program, bind) => {
  program
    .command("show")
    .description("show everything known of one job, and where it lies")
    .argument("<job>", "name or number of a job")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the path of its folder")
    .action(bind(show));
};

async function show(session: Session, name: string, options: ReadingOptions): Promise<void> {
  const queue = openExistingQueueAnyway(session);
  const lookUp = () => showJob(queue, session.services, name);
  writeAnswer(session.io, options, {
    json: () => jobJson(lookUp()),
    names: () => [findJob(queue.layout, name).folder],
    write: () => writeLines(session.io.stdout, showLines(session, lookUp())),
  });
}

function showLines({ io }: Session, shown: ShownJob): string[] {
  const style = styleFor(io.stdout, io.env);
  const { job, record, found } = shown;
  const facts = listFacts(factsOf(shown), "description", factsOfRun(job));
  return [
    `${style.bold(escapeControls(job.name))}  ${stateOf(shown, style)}`,
    ...whyOf(shown)
      .filter((line) => line !== "")
      .map((line) => `  ${escapeControls(line)}`),
    ...fieldLines([
      ["Folder", found?.folder],
      ...facts.map(({ label, full, at }) => [label, full ?? time(at)] as const),
      ["Renamed from", isInQueue(job) || record?.name === job.name ? undefined : record?.name],
    ]),
  ];
}

function stateOf({ job, record }: ShownJob, style: Style): string {
  if (isLive(job)) return liveWord(job);
  if (job.state === "put_away" || record === undefined) return style.red(PUT_AWAY.word);
  return paintState(style, record.state, wordOf(record));
}

function whyOf({ job, record }: ShownJob): readonly string[] {
  if (isLive(job)) return [reasonOf(job)];
  if (job.state === "put_away" || record === undefined) return [PUT_AWAY.cause];
  if (job.state !== "gone") return causesOf(record);
  return [...causesOf(record), "its folder was deleted or taken away: this is from the history"];
}

function time(iso: string | undefined): string | undefined {
  return iso === undefined ? undefined : `${localTime(iso)} (${ago(iso)})`;
}
