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
import { writeOrigin } from "../origin.ts";
import { freeNameIn } from "../stages.ts";
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
export const CHANGED_MEANWHILE = "it was changed while it was copied";

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
