import fs from "node:fs";
import path from "node:path";
import { isThere } from "../../disk/error-code.ts";
import type { Layout } from "../layout.ts";
import { type Move, moveJob, type RefusedMove, renameJobStrictly } from "../move.ts";
import { readOrigin } from "../origin.ts";
import { findRequests, type RequestFile } from "../request-files.ts";
import { makeRequest, removeRequestFile, requestedBy } from "../requests.ts";
import { freeNameIn } from "../stages.ts";
import { CHANGED_MEANWHILE, COPY_PREFIX, type MadeCopy } from "./copy-in.ts";
import { FILE_PREFIX, nameOfLanding } from "./land-file.ts";
import { Surveyor } from "./survey.ts";

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

/**
 * Gives every copy of ours its job's name whose original is put aside, and every folder that a plain file was moved into: there is no other
 * folder of that job. All others are left over from a manager that ended meanwhile: nobody needs them any more. Tells which jobs it
 * named, and why others could not be named yet. Throws what the file system throws.
 */
export function finishLandings({ queue }: Layout) {
  const copies = oursIn(queue, COPY_PREFIX).map((copy) => ({ folder: copy, moved: finishCopy(queue, copy) }));
  const files = oursIn(queue, FILE_PREFIX).map((folder) => ({ folder, moved: finishFile(queue, folder) }));
  const all = [...copies, ...files];
  return {
    landed: all.flatMap(({ moved }) => (moved?.kind === "moved" ? [moved.name] : [])),
    refused: all.flatMap(({ moved }) => (moved?.kind === "refused" ? [moved.why] : [])),
    leftovers: all.flatMap(({ folder, moved }) => (moved === undefined ? [folder] : [])),
  };
}

function finishCopy(queue: string, copy: string): Move | undefined {
  const { name, aside } = readOrigin(copy) ?? {};
  if (name === undefined || aside === undefined || !isAside(queue, aside)) return undefined;
  return nameCopy(copy, path.join(queue, aside), queue, freeNameIn([queue], name));
}

function finishFile(queue: string, folder: string): Move | undefined {
  const name = nameOfLanding(folder);
  return name === undefined ? undefined : moveJob(folder, queue, freeNameIn([queue], name));
}

// A folder to which others give such a name is not ours to take or to remove.
function oursIn(queue: string, prefix: string): string[] {
  const names = fs.readdirSync(queue).filter((name) => name.startsWith(prefix));
  return names
    .map((name) => path.join(queue, name))
    .filter((folder) => {
      const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
      return stats?.isDirectory() === true && stats.uid === process.geteuid?.();
    });
}

function isAside(queue: string, aside: string): boolean {
  return path.basename(aside) === aside && isThere(path.join(queue, aside));
}
