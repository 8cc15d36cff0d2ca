import { setTimeout as sleep } from "node:timers/promises";
import { workerNamed } from "../app/act-on-worker.ts";
import { publishedStatus } from "../app/manager-state.ts";
import { requester } from "../app/request-job.ts";
import { errorCode } from "../disk/error-code.ts";
import type { WorkerStatus } from "../job/worker-status.ts";
import type { Layout } from "../queue/layout.ts";
import { leaveStopRequest, type StopMode } from "../queue/manager-requests.ts";
import { type Report, readReport } from "../queue/workers/report.ts";
import { workerFiles } from "../queue/workers/worker-files.ts";
import { QmError } from "../text/errors.ts";
import type { Session } from "./session.ts";
import { confirm, note } from "./terminal/output.ts";

const LOOK_MS = 200;
/** A worker that is heard of reports far more often. */
const SILENT_LOOKS = 50;

/**
 * Asks the worker of another machine to stop, and waits until it has. Throws `no_such_worker`; `refused` where it is the manager's own
 * machine; `interrupted`, and it stops all the same.
 */
export async function stopWorker(
  session: Session,
  layout: Layout,
  given: string,
  mode: StopMode,
  yes: boolean | undefined,
): Promise<void> {
  const { name, running } = workerToStop(layout, given);
  if (mode === "kill" && running.length > 0)
    await confirm(session.io, [`Will be killed: ${running.join(", ")}`], yes);
  const before = reportOf(layout, name);
  if (before?.state !== "stopped") {
    ask(workerFiles(layout, name).stopRequest, mode);
    await untilStopped(session, layout, name, before);
  }
  note(session.io, `${name} has stopped${mode === "kill" ? "" : "; what runs there goes on"}`);
}

function workerToStop(layout: Layout, given: string): Pick<WorkerStatus, "name" | "running"> {
  const status = publishedStatus(layout);
  const found = workerNamed(status?.workers ?? [], given);
  if (found.name !== status?.worker) return found;
  throw new QmError("refused", `${found.name} is the manager's own machine`, {
    mend: "`qm stop` stops the manager and, with --kill, what runs there",
  });
}

function reportOf(layout: Layout, name: string): Report | undefined {
  const found = readReport(workerFiles(layout, name).report);
  return found.kind === "report" ? found.report : undefined;
}

async function untilStopped(
  { io }: Session,
  layout: Layout,
  name: string,
  before: Report | undefined,
): Promise<void> {
  const signal = io.interruption();
  let last = before;
  for (let unchanged = 0; last?.state !== "stopped"; unchanged += 1) {
    if (unchanged === SILENT_LOOKS) note(io, `! ${name} is not heard of; it stops once it is back`);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new QmError("interrupted", `interrupted: ${name} stops all the same`);
    const now = reportOf(layout, name);
    if (now?.sequence !== last?.sequence) unchanged = 0;
    last = now;
  }
}

function ask(file: string, mode: StopMode): void {
  try {
    leaveStopRequest(file, mode, requester());
  } catch (error) {
    throw new QmError("failed", `the worker cannot be asked to stop (${errorCode(error)})`, {
      path: file,
      mend: "do it as the manager's user, or send its process a TERM, which leaves jobs running",
      cause: error,
    });
  }
}
