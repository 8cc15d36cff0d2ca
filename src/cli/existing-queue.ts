import fs from "node:fs";
import type { Queue } from "../app/queue.ts";
import { refuseNoFolders } from "../queue/tree-setup.ts";
import { QmError } from "../text/errors.ts";
import { noteOtherValues } from "./note-other-values.ts";
import { openQueueAnyway, openQueueBeside, openQueueToAct, type Session } from "./session.ts";

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
