import fs from "node:fs";
import { managerState } from "../app/manager-state.ts";
import { isInForce, otherConfiguration } from "../app/other-configuration.ts";
import type { Queue } from "../app/queue.ts";
import { refuseNoFolders } from "../queue/tree-setup.ts";
import { QmError } from "../text/errors.ts";
import { describeProblem } from "../text/problem.ts";
import { tryOr } from "../text/try-or.ts";
import { openQueueAnyway, openQueueBeside, openQueueToAct, type Session } from "./session.ts";
import { note } from "./terminal/output.ts";

/**
 * The session's queue, which must be there: a mistaken folder must not become a queue that nobody looks after. Throws
 * `ProblemsError` where the configuration is wrong.
 */
export function openExistingQueue(session: Session): Queue {
  return refuseAbsent(session, openQueueBeside(session));
}

/** The same for the verbs that only look: with what is good of a faulty configuration. */
export function openExistingQueueAnyway(session: Session): Queue {
  return refuseAbsent(session, openQueueAnyway(session));
}

/** The same for the verbs that change something: they refuse where a faulty configuration hides which queue is meant. */
export function openExistingQueueToAct(session: Session): Queue {
  return refuseAbsent(session, openQueueToAct(session));
}

function refuseAbsent(session: Session, queue: Queue): Queue {
  refuseNoFolders(queue.layout);
  if (fs.existsSync(queue.layout.queue)) return queue;
  noteOtherValues(session, queue);
  throw new QmError("failed", "there is no queue here", {
    path: queue.layout.root,
    mend:
      "go to the folder with the QMserv.cfg, or name it with --config or QM_CONFIG; " +
      "`qm init` makes a queue, `qm demo` shows one at work",
  });
}

/** Tells on stderr where the queue's manager goes by other values than this command does; true if so, and if that can be told. */
export function noteOtherValues({ io, services }: Session, { loaded, layout }: Queue): boolean {
  // A hint alone: a manager starts without it too, as when no file handle is left to look at others.
  const other = tryOr(() => otherConfiguration(loaded, managerState(layout, services), services), undefined);
  if (other !== undefined) note(io, `! ${other}`);
  return other !== undefined;
}

/** Values whose variables this process has not: taken by the manager that has begun with them, or perhaps missing. */
export function lackingVariables(
  { services }: Session,
  { loaded, layout }: Queue,
): { readonly isTaken: boolean; readonly lines: readonly string[] } {
  const isTaken = isInForce(loaded, managerState(layout, services));
  const right = "taken from the manager's environment";
  const problems = isTaken
    ? loaded.lacking.map((problem) => ({ ...problem, wrong: `${problem.wrong} of this command`, right }))
    : loaded.lacking;
  return { isTaken, lines: problems.map(describeProblem) };
}
