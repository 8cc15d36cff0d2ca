import fs from "node:fs";
import path from "node:path";
import { managerState } from "../app/manager-state.ts";
import { absentQueue, isQueueThere, queueNamed, queueOf } from "../app/open-queue.ts";
import { isInForce, otherConfiguration, queueOfFile } from "../app/other-configuration.ts";
import type { Queue } from "../app/queue.ts";
import { type BestEffort, loadBestEffort } from "../config/best-effort.ts";
import type { LoadedConfig } from "../config/config.ts";
import {
  CONFIG_FILE,
  type ConfigRequest,
  loadConfig,
  type NamedQueue,
  reloadConfig,
} from "../config/load.ts";
import { type Checked, describeProblem, ProblemsError } from "../text/problem.ts";
import { tryOr } from "../text/try-or.ts";
import type { Session } from "./session.ts";
import { type Io, note } from "./terminal/output.ts";

/**
 * The session's queue, which must be there: a mistaken folder must not become a queue without a manager. Throws
 * `ProblemsError` where the configuration is wrong.
 */
export function openExistingQueue(session: Session): Queue {
  return refuseAbsent(session, openQueueBeside(session));
}

/** The same for the verbs that only look: with what is good of a faulty configuration. */
export function openExistingQueueAnyway(session: Session): Queue {
  return refuseAbsent(session, queueInSpite(session, loadBestEffort(requestBeside(session))));
}

/** The same for the verbs that change something: they refuse where a faulty configuration hides which queue is meant. */
export function openExistingQueueToAct(session: Session): Queue {
  return refuseAbsent(session, openQueueToAct(session));
}

function refuseAbsent(session: Session, queue: Queue): Queue {
  if (isQueueThere(queue.layout)) return queue;
  noteOtherValues(session, queue);
  throw absentQueue(
    queue.layout,
    "go to the folder with the QMserv.cfg, or name it with --config or QM_CONFIG; " +
      "`qm init` makes a queue, `qm demo` shows one at work",
  );
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

/**
 * Finds the session's configuration and queue, for what is or judges a manager. Throws `ProblemsError` where the configuration
 * is wrong.
 */
export function openQueue(session: Session): Queue {
  return queueOrThrow(loadConfig(requestOf(session)));
}

/** As `openQueue` beside a manager: that may have variables in its environment that this process has not. */
export function openQueueBeside(session: Session): Queue {
  return queueOrThrow(loadConfigBeside(session));
}

function queueOrThrow(loaded: Checked<LoadedConfig>): Queue {
  if (loaded.kind === "problems") throw new ProblemsError("the configuration is wrong", loaded.problems);
  return queueOf(loaded.value);
}

/**
 * The session's queue for what changes it, with what is good of a faulty configuration. Where the faults hide which queue is meant, it is that of the manager which
 * goes by the file. Throws `ProblemsError` where none does: the default one may be somebody else's.
 */
export function openQueueToAct(session: Session): Queue {
  const effort = loadBestEffort(requestBeside(session));
  if (effort.isQueueKnown) return queueInSpite(session, effort);
  const managed = queueOfFile(effort.loaded.file, session.services);
  if (managed !== undefined) return queueInSpite(session, withFolder(effort, managed.root));
  throw new ProblemsError(
    "the configuration is wrong and does not tell which queue is meant; nothing was done",
    effort.problems,
    "usage",
    { mend: "mend the file (`qm config` checks it), or name a sound one with --config" },
  );
}

function withFolder({ loaded, ...effort }: BestEffort, qmFolder: string): BestEffort {
  return { ...effort, loaded: { ...loaded, config: { ...loaded.config, qmFolder } } };
}

function queueInSpite(session: Session, { loaded, problems }: BestEffort): Queue {
  for (const problem of problems) note(session.io, `! ${describeProblem(problem)}`);
  if (problems.length > 0)
    note(
      session.io,
      `! going on with what is good of the configuration; the queue is ${loaded.config.qmFolder}`,
    );
  return queueOf(loaded);
}

/** Reads the configuration anew for a manager that has begun with `loaded`. */
export function reloadOf(session: Session, loaded: LoadedConfig): () => Checked<LoadedConfig> {
  return reloadConfig(requestOf(session), loaded);
}

/** As `reloadOf`, for a process beside the manager. */
export function reloadBeside(session: Session, loaded: LoadedConfig): () => Checked<LoadedConfig> {
  return reloadConfig(requestBeside(session), loaded);
}

/** The session's configuration beside a manager, which may have variables that this process has not, or all that is wrong with it. */
export function loadConfigBeside(session: Session): Checked<LoadedConfig> {
  return loadConfig(requestBeside(session));
}

function requestOf({ io, configFile }: Session): ConfigRequest {
  const isNamed = configFile !== undefined || (io.env["QM_CONFIG"] ?? "") !== "";
  return {
    explicit: configFile,
    env: io.env,
    cwd: io.cwd,
    ...(isNamed ? {} : { queue: queueOfEnvironment(io) }),
  };
}

function requestBeside(session: Session): ConfigRequest {
  return { ...requestOf(session), mayLackVariables: true };
}

/**
 * The queue that `$QM_FOLDER` means, as in every job, with its manager's configuration. Undefined where the variable is not set, and
 * where the current folder has a `QMserv.cfg` of its own; inside the queue such a file is a job's input, and means nothing.
 */
function queueOfEnvironment({ env, cwd }: Pick<Io, "env" | "cwd">): NamedQueue | undefined {
  const folder = env["QM_FOLDER"] ?? "";
  if (!path.isAbsolute(folder)) return undefined;
  if (fs.existsSync(path.join(cwd, CONFIG_FILE)) && !isWithin(cwd, folder)) return undefined;
  return queueNamed(folder);
}

function isWithin(inner: string, outer: string): boolean {
  const way = path.relative(realPath(outer), realPath(inner));
  return way !== ".." && !way.startsWith("../");
}

function realPath(folder: string): string {
  return tryOr(() => fs.realpathSync(folder), folder);
}
