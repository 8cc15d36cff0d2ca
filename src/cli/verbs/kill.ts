import { SHELF_WORDS } from "../../app/find-job.ts";
import type { FoundJob } from "../../app/job-named.ts";
import { hasManager, managerState } from "../../app/manager-state.ts";
import type { Queue } from "../../app/queue.ts";
import { request, wakeManager } from "../../app/request-job.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { findJobs, forEachJob } from "../each-job.ts";
import { noManager, openExistingQueueToAct } from "../existing-queue.ts";
import type { Session } from "../session.ts";
import { confirm } from "../terminal/ask.ts";
import { note } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

/**
 * `qm kill JOB…`: puts `QM_KILL` into each folder; the manager ends a running job and withdraws a waiting one. On a
 * terminal it asks first; elsewhere it acts. Without a manager the requests stay for the next one: exit code 5.
 */
export const addKill: AddVerb = (program, bind) => {
  program
    .command("kill")
    .description("kill running jobs, withdraw waiting ones (asks on a terminal)")
    .argument("<job...>", "names of jobs")
    .option("-y, --yes", "do not ask")
    .action(bind(kill));
};

async function kill(
  session: Session,
  names: readonly string[],
  { yes }: { readonly yes?: boolean },
): Promise<number> {
  const queue = openExistingQueueToAct(session);
  const found = findJobs(session, queue, names, ["running", "queue"]);
  if (found.jobs.length === 0) return found.exitCode;
  await confirm(session.io, [`Will be killed: ${found.jobs.map(describe).join(", ")}`], yes);
  const stuck = stuckArrivals(queue, session);
  const exitCode = await forEachJob(session, found, ({ folder, name }) => {
    request(folder, JOB_REQUESTS.kill);
    const why = stuck.get(name);
    note(
      session.io,
      `asked to end: ${name}${why === undefined ? "" : `, once the manager can take it: ${why}`}`,
    );
  });
  wakeManager(queue.layout);
  if (exitCode === 0 && !hasManager(queue.layout, session.services))
    throw noManager(session, queue, "no manager runs; the next one will end what was asked for");
  return exitCode;
}

/** Why the manager cannot take folders that arrive, by their names. */
function stuckArrivals({ layout }: Queue, { services }: Session): ReadonlyMap<string, string> {
  const manager = managerState(layout, services);
  const arriving = manager.kind === "alive" ? manager.status.arriving : [];
  return new Map(arriving.filter(({ stuck }) => stuck).map(({ name, reason }) => [name, reason]));
}

function describe({ name, shelf }: FoundJob): string {
  return `${name} (${SHELF_WORDS[shelf]})`;
}
