import type { QueueView } from "../../app/queue-view.ts";
import type { Permissions } from "../../job/actions.ts";
import { headline } from "../../job/words.ts";
import { mostProcessors } from "../../job/worker-status.ts";
import { STAGE_FOLDERS } from "../../queue/layout.ts";
import { escapeControls } from "../../text/escape.ts";
import { mountedPath } from "../../text/paths.ts";
import { isUnfiltered } from "../ended/ended-filter.ts";
import type { EndedPage } from "../ended/ended-index.ts";
import { type FrontQuery, frontLink, OUTCOME_CHOICES, ownerChoices, pagingOf } from "./front-query.ts";
import { arrivingRow, endedRow, runningRow, waitingRow } from "./front-rows.ts";
import { domId } from "./links.ts";
import { noticesOf } from "./notices.ts";
import { timeView } from "./time-view.ts";
import { workerRows } from "./worker-rows.ts";

/** The source of the front page. */
export interface FrontSource {
  readonly view: QueueView;
  readonly lastLines: ReadonlyMap<string, string>;
  readonly ended: EndedPage;
  readonly failures: EndedPage;
  /** All there are. */
  readonly owners: readonly string[];
  readonly query: FrontQuery;
  readonly permissions: Permissions;
  readonly details: boolean;
  /** As this server knows it. */
  readonly queueFolder: string;
  /** `Path_As` of the configuration. */
  readonly pathAs: string | undefined;
  readonly nowMs: number;
}

/** Ended jobs on one page of their list. */
export const ENDED_ON_A_PAGE = 25;
const WAITING_ON_A_PAGE = 25;

/** Everything on the front page of a queue as it stands. */
export function frontView(source: FrontSource) {
  const { view, ended, failures, query, permissions, nowMs } = source;
  const waitingPaging = pagingOf(query.waitingPage, view.waiting.length, WAITING_ON_A_PAGE, (page) =>
    frontLink({ ...query, waitingPage: page }, "#waiting"),
  );
  const firstWaiting = (waitingPaging.page - 1) * WAITING_ON_A_PAGE;
  return {
    title: tabTitle(view),
    /** The page's own address, to come back to. */
    address: frontLink(query),
    /** True where it must not load itself again, and the address at which it does not. */
    isStill: query.isStill,
    stillLink: frontLink({ ...query, isStill: true }, "#ended"),
    headline: escapeControls(headline(view)),
    manager: managerSentence(view, nowMs),
    paused: view.paused,
    notices: noticesOf(view, permissions),
    permissions,
    details: source.details,
    failures: failures.jobs.map((job) => ({ ...endedRow(job, nowMs), id: domId("failure", job.name) })),
    failureCount: failures.total,
    allFailuresLink: frontLink({ filter: { outcome: "failure" } }, "#ended"),
    workers: workerRows(view, nowMs),
    arriving: view.arriving.map(arrivingRow),
    strays: view.strays.map(({ name, reason }) => ({
      name: escapeControls(name),
      reason: escapeControls(reason),
    })),
    running: view.running.map((job) => runningRow(job, source.lastLines.get(job.name) ?? "", nowMs)),
    waiting: view.waiting
      .slice(firstWaiting, firstWaiting + WAITING_ON_A_PAGE)
      .map((job) => waitingRow(job, mostProcessors(view), permissions, nowMs)),
    waitingCount: view.waiting.length,
    waitingPaging,
    ended: ended.jobs.map((job) => endedRow(job, nowMs)),
    endedCount: ended.total,
    endedPaging: pagingOf(query.page, ended.total, ENDED_ON_A_PAGE, (page) =>
      frontLink({ ...query, page }, "#ended"),
    ),
    isFiltered: !isUnfiltered(query.filter),
    filter: {
      text: query.filter.text ?? "",
      owner: query.filter.owner ?? "",
      outcome: query.filter.outcome ?? "",
    },
    outcomes: OUTCOME_CHOICES,
    owners: ownerChoices(source.owners),
    /** The folder to copy jobs into, as those see it who are to do so. */
    queueFolder: escapeControls(
      source.pathAs === undefined ? source.queueFolder : mountedPath(source.pathAs, STAGE_FOLDERS.queue),
    ),
  };
}

/** The end of the headline: whether a manager is there, and since when there is none. */
function managerSentence({ manager, silence }: QueueView, nowMs: number) {
  if (manager.kind === "alive") {
    const text = silence === undefined ? "The manager is alive." : "The manager gives no sign of life.";
    return { text, since: undefined };
  }
  const since = timeView(manager.lastSeen, nowMs);
  return { text: since === undefined ? "No manager runs." : "No manager runs; the last one was seen", since };
}

/** The tab's title: what runs and waits, so that it can be read without opening the tab. */
function tabTitle({ running, waiting, manager }: QueueView): string {
  if (manager.kind === "absent") return "manager stopped · QueueManager";
  return `${running.length} running, ${waiting.length} waiting · QueueManager`;
}
