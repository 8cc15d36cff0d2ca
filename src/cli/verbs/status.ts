import { viewQueue } from "../../app/queue-view.ts";
import { recentEnds } from "../../app/recent-ends.ts";
import { statusJson } from "../../app/status-json.ts";
import { openExistingQueueAnyway } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { statusLines } from "../status-text.ts";
import { type ReadingOptions, styleFor, writeAnswer, writeLines } from "../terminal/output.ts";

/**
 * `qm status`, or `qm` alone.
 *
 * `--json`: `{ version: 2, qmFolder, manager: { alive, host?, pid?, worker?, startedAt?, lastSeen?, silentSeconds? },
 * processors: { max, busy }, workers: as `job/worker-status.ts` has them, launchType, closed?, idle?, paused, disk: { freeBytes, neededBytes }, running, waiting, arriving:
 * jobs by their state as `job/job.ts` has them, strays: [{ name, reason }], recent: [records as in history.jsonl, the
 * last five of each kind], notices: [text] }`.
 */
export const addStatus: AddVerb = (program, bind) => {
  program
    .command("status")
    .description("show the queue: what runs, what waits and why, what has ended (also bare `qm`)")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the names of running, waiting and arriving jobs")
    .action(bind(status));
};

async function status(session: Session, options: ReadingOptions): Promise<void> {
  const { io } = session;
  const queue = openExistingQueueAnyway(session);
  const view = viewQueue(queue, session.services);
  const { running, waiting, arriving } = view;
  writeAnswer(io, options, {
    json: () => statusJson(queue.config.qmFolder, view, recentEnds(queue.layout).shown),
    names: () => [...running, ...waiting, ...arriving].map(({ name }) => name),
    write: () => {
      const style = styleFor(io.stdout, io.env);
      writeLines(io.stdout, statusLines(view, recentEnds(queue.layout), style, io.stdout));
    },
  });
}
