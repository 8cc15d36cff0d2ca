import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CopyFailure, copyTree } from "../../disk/copy-tree.ts";
import { syncFileSystem } from "../../disk/durable.ts";
import { removeTree } from "../../disk/empty-trash.ts";
import { isDenied } from "../../disk/error-code.ts";
import { shortPath } from "../../text/paths.ts";
import type { Layout } from "../layout.ts";
import { letGroupIn } from "../manager-reach.ts";
import { type Move, moveJob, type RefusedMove, renameJobStrictly } from "../move.ts";
import { readOrigin, writeOrigin } from "../origin.ts";
import { findRequests, type RequestFile } from "../request-files.ts";
import { makeRequest, removeRequestFile, requestedBy } from "../requests.ts";
import { freeNameIn } from "../shelves.ts";
import { type Survey, Surveyor } from "./survey.ts";

/** The beginning of the names of unfinished copies in the queue; hidden, so that no scan takes one for a job. */
export const COPY_PREFIX = ".qm-copy-";

/** The beginning of the names of originals that were put aside in the queue; what follows is the job's name. */
export const ASIDE_PREFIX = ".qm-original-";

/** A folder of the queue that the manager may not move, to be copied. */
export interface CopyOrder {
  readonly layout: Layout;
  readonly name: string;
  readonly original: string | Buffer;
  /** The original's, as it was when it counted as whole. */
  readonly fingerprint: string;
  /** Called before so many bytes are copied; throws where there is no room for them. */
  readonly room: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** A whole copy under a hidden name, which tells of its origin. */
export interface MadeCopy {
  readonly kind: "made";
  readonly folder: string;
  /** The hidden name that is free for the original. */
  readonly aside: string;
  readonly survey: Survey;
  /** The original's. */
  readonly fingerprint: string;
}

/** The end of copying a folder. */
export type CopyEnd =
  | MadeCopy
  /** `lasts`: trying again makes sense only once the original has changed. */
  | { readonly kind: "failed"; readonly why: string; readonly lasts: boolean };

/** The reason for throwing away a copy that is no longer like its original. */
const CHANGED_MEANWHILE = "it was changed while it was copied";

const SURVEY_SLICE_MS = 5;

/**
 * Copies a folder of the queue to a hidden name beside it, compares the two, and opens the copy to the queue's group. A copy that
 * fails is removed again. Never throws.
 */
export async function makeCopy(order: CopyOrder): Promise<CopyEnd> {
  const folder = path.join(order.layout.queue, COPY_PREFIX + crypto.randomBytes(8).toString("hex"));
  try {
    return await fillCopy(folder, order);
  } catch (error) {
    await removeTree(folder).catch(() => undefined);
    return failed(error);
  }
}

async function fillCopy(folder: string, order: CopyOrder): Promise<MadeCopy> {
  const { layout, name, original, fingerprint, room, signal } = order;
  const { uid, mode } = fs.lstatSync(original);
  await copyTree(original, folder, { takes: () => true, owner: uid, room, signal });
  // Whatever the original forbids: its origin and the job's log are to lie in the copy.
  fs.chmodSync(folder, (mode & 0o7777) | 0o700);
  if ((await survey(original, signal)).fingerprint !== fingerprint) throw new Error(CHANGED_MEANWHILE);
  const [given, copied] = [await survey(original, signal, "names"), await survey(folder, signal, "names")];
  if (given.fingerprint !== copied.fingerprint) throw new Error("its copy does not hold the same files");
  const aside = freeNameIn([layout.queue], ASIDE_PREFIX + name);
  writeOrigin(folder, { version: 1, name, aside, uid });
  await letGroupIn(layout, folder);
  // The original goes out of sight: after a power cut the copy has to hold what it held.
  await syncFileSystem(folder);
  return { kind: "made", folder, aside, survey: await survey(folder, signal), fingerprint };
}

async function survey(folder: string | Buffer, signal: AbortSignal, by?: "names"): Promise<Survey> {
  const surveyor = new Surveyor(folder, by);
  for (;;) {
    const whole = surveyor.advance(SURVEY_SLICE_MS);
    if (whole !== undefined) return whole;
    await nextTurn();
    signal.throwIfAborted();
  }
}

function failed(error: unknown): CopyEnd {
  if (!(error instanceof CopyFailure))
    return { kind: "failed", why: error instanceof Error ? error.message : String(error), lasts: false };
  const at = error.path.length === 0 ? "it" : `«${shortPath(error.path.toString("utf8"))}»`;
  const mend = isDenied(error.code)
    ? ": give it the right, e.g. with chmod -R a+rX, or copy it again as that user"
    : "";
  return { kind: "failed", why: `${at} ${error.message}${mend}`, lasts: error.lasts };
}

/** Most originals are surveyed once more within this time; the change of a larger one shows before or never. */
const LAST_SURVEY_MS = 50;

/** A copy that took the place of its original, under the name that it has now; or why both stay where they are. */
type Landing =
  | Move
  /** Neither the copy nor the original could be given the job's name: `finishLandings` has to. */
  | (Omit<RefusedMove, "kind"> & { readonly kind: "halfway" });

/**
 * Puts an original aside under its hidden name and gives its copy a name in its place: a crash between the two is made good by
 * {@link finishLandings}.
 * @param name free in the queue once the original is away
 */
export function landCopy(
  { queue }: Layout,
  copy: MadeCopy,
  original: string | Buffer,
  name: string,
): Landing {
  const aside = path.join(queue, copy.aside);
  const putAside = renameJobStrictly(original, queue, copy.aside);
  if (putAside.kind === "refused") return putAside;
  const landed = isUnchanged(aside, copy) ? nameCopy(copy.folder, aside, queue, name) : CHANGED;
  if (landed.kind === "moved") return landed;
  const back = putBack(aside, original);
  return back === undefined ? landed : { ...landed, kind: "halfway", why: `${landed.why}; ${back}` };
}

// While it was copied somebody may have put a request into the original, or taken one away.
function nameCopy(copy: string, aside: string, queue: string, name: string): Move {
  try {
    carryRequests(aside, copy);
  } catch (error) {
    return { kind: "refused", why: `its requests cannot be copied: ${String(error)}` };
  }
  return moveJob(copy, queue, name);
}

function carryRequests(from: string, to: string): void {
  const [wanted, there] = [requestsOf(from), requestsOf(to)];
  const isIn = (files: readonly RequestFile[], { request }: RequestFile) =>
    files.some((file) => file.request === request);
  for (const file of wanted.filter((each) => !isIn(there, each)))
    makeRequest(to, file.request, requestedBy(from, file.request));
  for (const file of there.filter((each) => !isIn(wanted, each))) removeRequestFile(to, file);
}

function requestsOf(folder: string): readonly RequestFile[] {
  const { files, trouble } = findRequests(folder);
  if (trouble !== undefined) throw trouble;
  return files;
}

const CHANGED: Move = { kind: "refused", why: CHANGED_MEANWHILE };

function isUnchanged(aside: string, { fingerprint }: MadeCopy): boolean {
  const survey = new Surveyor(aside).advance(LAST_SURVEY_MS);
  return survey === undefined || survey.fingerprint === fingerprint;
}

function putBack(aside: string, original: string | Buffer): string | undefined {
  try {
    fs.renameSync(aside, original);
    return undefined;
  } catch (error) {
    return `its original, put aside as ${aside}, cannot be put back (${String(error)})`;
  }
}

/** The findings of {@link finishLandings}: the jobs it named, and copies that nobody needs any more. */
interface FinishedLandings {
  readonly landed: readonly string[];
  /** The reasons why jobs could not be named yet. */
  readonly refused: readonly string[];
  readonly leftovers: readonly string[];
}

/**
 * Gives every copy of ours its job's name whose original is put aside: there is no other folder of that job. All other copies are
 * left over from a manager that ended while it copied. Throws what the file system throws.
 */
export function finishLandings({ queue }: Layout): FinishedLandings {
  const landed: string[] = [];
  const refused: string[] = [];
  const leftovers: string[] = [];
  for (const copy of copiesIn(queue)) {
    const origin = readOrigin(copy);
    if (origin === undefined || !isAside(queue, origin.aside)) leftovers.push(copy);
    else {
      const aside = path.join(queue, origin.aside);
      const moved = nameCopy(copy, aside, queue, freeNameIn([queue], origin.name));
      if (moved.kind === "moved") landed.push(moved.name);
      else refused.push(moved.why);
    }
  }
  return { landed, refused, leftovers };
}

// A folder to which others give such a name is not ours to take or to remove.
function copiesIn(queue: string): string[] {
  const names = fs.readdirSync(queue).filter((name) => name.startsWith(COPY_PREFIX));
  return names
    .map((name) => path.join(queue, name))
    .filter((folder) => {
      const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
      return stats?.isDirectory() === true && stats.uid === process.geteuid?.();
    });
}

function isAside(queue: string, aside: string): boolean {
  return path.basename(aside) === aside && fs.existsSync(path.join(queue, aside));
}
