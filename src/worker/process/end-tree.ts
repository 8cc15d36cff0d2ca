import { codeOrText, errorCode } from "../../disk/error-code.ts";
import { type ProcessIdentity, statOf } from "./identity.ts";
import { type JobTrace, lookForJobProcesses } from "./job-tree.ts";

/** A process that lives and could not be signalled. */
export interface Unsignalled {
  readonly process: ProcessIdentity;
  /** "EPERM" where it runs as another user. */
  readonly why: string;
}

/** As many looks as it may take until a tree that forks while it is being stopped stands still. */
const MAX_ROUNDS = 30;

/**
 * A group that is signalled as a whole cannot fork its way out. TERM is not among them: sent by group and to each, it would
 * come twice, which some programs take for "at once".
 */
const ALSO_SENT_TO_GROUP: ReadonlySet<NodeJS.Signals> = new Set(["SIGSTOP", "SIGCONT", "SIGKILL"]);

/**
 * Asks all of a job but its shim to end: one TERM to each process that there is while the job stands still. So none is
 * missed that was just being born, and what is born afterwards is the job's own tidying up. Those that were stopped
 * before are continued like the others, as they would not hear it. Returns those that could not be asked.
 * @param before told of the processes, which stand still, before any of them is asked; must not throw
 */
export function askJobTreeToEnd(trace: JobTrace, before?: Told, look?: Look): Unsignalled[] {
  const processes = bringToStand(trace, before, look);
  const unsignalled = sendToEach(processes, "SIGTERM");
  sendToEach(processes, "SIGCONT");
  return unsignalled;
}

/** Kills all of a job but its shim, however fast it forks; otherwise as {@link askJobTreeToEnd}. */
export function killJobTree(trace: JobTrace, before?: Told, look?: Look): Unsignalled[] {
  return sendToEach(bringToStand(trace, before, look), "SIGKILL");
}

type Told = (processes: readonly ProcessIdentity[]) => void;
type Look = () => ProcessIdentity[];

/** Stops processes, and looks for more until no new ones turn up: then nobody is left to fork. */
function bringToStand(
  trace: JobTrace,
  before?: Told,
  look: Look = () => lookForJobProcesses(trace),
): ProcessIdentity[] {
  const found = new Map<string, ProcessIdentity>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const fresh = look().filter((process) => !found.has(keyOf(process)));
    if (fresh.length === 0) break;
    sendToEach(fresh, "SIGSTOP");
    for (const process of fresh) found.set(keyOf(process), process);
  }
  const standing = [...found.values()];
  before?.(standing);
  return standing;
}

/** Lets a supervisor go on that its job or somebody else has stopped: it alone can write the exit record. */
export function continueProcess(process: ProcessIdentity): void {
  sendToEach([process], "SIGCONT");
}

/** Each is looked at again right before: one that is gone, or whose pid is somebody else's by now, is passed over. */
function sendToEach(processes: readonly ProcessIdentity[], signal: NodeJS.Signals): Unsignalled[] {
  return processes.flatMap((process) => {
    const why = send(process, signal);
    return why === undefined ? [] : [{ process, why }];
  });
}

function send(identity: ProcessIdentity, signal: NodeJS.Signals): string | undefined {
  const stat = statOf(identity);
  if (stat === undefined) return undefined;
  const fault = kill(identity.pid, signal);
  // While its leader lives, a group's number is nobody else's.
  if (ALSO_SENT_TO_GROUP.has(signal) && stat.group === identity.pid) kill(-identity.pid, signal);
  return fault;
}

function kill(pid: number, signal: NodeJS.Signals): string | undefined {
  try {
    process.kill(pid, signal);
    return undefined;
  } catch (error) {
    return errorCode(error) === "ESRCH" ? undefined : codeOrText(error);
  }
}

function keyOf({ pid, startTicks }: ProcessIdentity): string {
  return `${pid} ${startTicks}`;
}
