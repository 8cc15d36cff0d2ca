import { act } from "../../app/act.ts";
import { personHere } from "../../app/actor.ts";
import { knownDestination } from "../../app/destination.ts";
import { findJob } from "../../app/find-job.ts";
import { hasManager } from "../../app/manager-state.ts";
import { viewQueue } from "../../app/queue-view.ts";
import { type Destination, describeDestination } from "../../job/reassignment.ts";
import { QmError } from "../../text/errors.ts";
import { openExistingQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { note } from "../terminal/output.ts";

interface Asked {
  readonly pool?: string;
  readonly any?: boolean;
}

/** `qm reassign`: gives a waiting job another place than its info file does. */
export const addReassign: AddVerb = (program, bind) => {
  program
    .command("reassign")
    .description(
      "let a waiting job run on another worker, in a pool or anywhere, whatever its info file says",
    )
    .argument("<job>", "name or number of a waiting job")
    .argument("[worker]", "name of a worker")
    .option("--pool <pool>", "on the workers of a pool instead")
    .option("--any", "on any worker instead")
    .action(bind(reassign));
};

async function reassign(
  session: Session,
  given: string,
  worker: string | undefined,
  asked: Asked,
): Promise<void> {
  const queue = openExistingQueueToAct(session);
  const { workers } = viewQueue(queue, session.services);
  const to = knownDestination(workers, destinationOf(worker, asked));
  const job = findJob(queue.layout, given, ["queue", "running"]);
  const { name } = act(queue.layout, job, "reassign", personHere(), { to });
  note(session.io, `reassigned to ${describeDestination(to)}: ${name}`);
  if (!hasManager(queue.layout, session.services))
    note(session.io, "no manager runs: the next one will see it");
}

function destinationOf(worker: string | undefined, { pool, any }: Asked): Destination {
  const given = [worker, pool, any].filter((place) => place !== undefined);
  if (given.length !== 1)
    throw new QmError("usage", given.length === 0 ? "reassigned to where?" : "only one place can be given", {
      mend: "name a worker, or give --pool POOL or --any",
    });
  if (worker !== undefined) return { worker };
  return pool === undefined ? {} : { pool };
}
