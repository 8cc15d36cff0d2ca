import fs from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { errorCode, ifThere, isNoRoom } from "../disk/error-code.ts";
import { readRegularFile } from "../disk/safe-read.ts";
import { systemUser } from "../disk/system-users.ts";
import { decodeText } from "../formats/text-encoding.ts";
import { JOB_FILES } from "./layout.ts";
import { takeWriteRight } from "./move.ts";
import { readOrigin } from "./origin.ts";
import {
  type FoundRequests,
  findRequests,
  isRequestFile,
  JOB_REQUESTS,
  MAX_REQUEST_BYTES,
  PAUSE_REQUEST,
  type RequestFile,
} from "./request-files.ts";
import { makeRequestOfSpare } from "./spare-requests.ts";
import { TRUST_AFTER_MS } from "./stages.ts";

/** The things that a file in a job's folder can ask for. */
type JobRequest = keyof typeof JOB_REQUESTS;

/** The requests in a job's folder. */
export type Requests = Readonly<Record<JobRequest, boolean>>;

/** No request lies there. */
export const NO_REQUESTS: Requests = {
  kill: false,
  hold: false,
  top: false,
  ready: false,
  lost: false,
  reassign: false,
};

/** A longer file does not begin with the name of who asks. */
const MAX_REQUESTER_BYTES = 256;

/** Looks for each request in a job's folder. While a disk in trouble does not tell, a job is held. */
export function readRequests(jobFolder: string): Requests {
  return requestsOf(findRequests(jobFolder));
}

function requestsOf({ files, trouble }: FoundRequests): Requests {
  const has = (request: JobRequest) => files.some((file) => file.request === JOB_REQUESTS[request]);
  return {
    kill: has("kill"),
    hold: has("hold") || trouble !== undefined,
    top: has("top"),
    ready: has("ready"),
    lost: has("lost"),
    reassign: has("reassign"),
  };
}

/** True while the queue is paused, or may be: while a disk in trouble does not tell, nothing starts. */
export function isPaused(root: string): boolean {
  const { files, trouble } = findRequests(root, [PAUSE_REQUEST]);
  return trouble !== undefined || files.length > 0;
}

/**
 * Puts a request into a job's folder; `by` tells who asked. One that lies there already stays; on a full disk an empty file
 * is one too, and where no inode is free a spare file. A folder that its job has closed is opened by its owner. Throws what the
 * file system throws where there can be none.
 * @param request its name in this program's own spelling; where something of the job's has that, `.txt` is added
 */
export function makeRequest(folder: string, request: string, by: string): void {
  try {
    writeRequest(folder, request, by);
  } catch (error) {
    if (errorCode(error) !== "EACCES") throw error;
    takeWriteRight(folder);
    writeRequest(folder, request, by);
  }
}

function writeRequest(folder: string, request: string, by: string): void {
  if (!writeFile(path.join(folder, request), by, true))
    writeFile(path.join(folder, `${request}.txt`), by, false);
}

/** False where the name is the job's own and another can be tried. */
function writeFile(file: string, by: string, hasOther: boolean): boolean {
  try {
    fs.writeFileSync(file, `${by}\n`, { flag: "wx", mode: 0o666 });
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST" && hasOther && !isRequestFile(file)) return false;
    const isMade = (code === "EEXIST" || isNoRoom(error)) && isRequestFile(file);
    if (!isMade && !(isNoRoom(error) && makeRequestOfSpare(file, `${by}\n`))) throw error;
  }
  return true;
}

/**
 * Takes a request away, in all its spellings; one that is not there is no error. Throws what the file system throws.
 * @param request its name in this program's own spelling
 */
export function removeRequest(folder: string, request: string): void {
  const { files, trouble } = findRequests(folder, [request]);
  for (const file of files) removeRequestFile(folder, file);
  if (files.length === 0 && trouble !== undefined) throw trouble;
}

/** Takes one spelling of a request away, unless it is gone. Throws what the file system throws. */
export function removeRequestFile(folder: string, { name }: RequestFile): void {
  ifThere(() => fs.unlinkSync(path.join(folder, name)));
}

/** The path of a request, in its first spelling there; where it is not there, of the one that this program would make. */
export function requestPath(folder: string, request: string): string {
  const [found] = findRequests(folder, [request]).files;
  return path.join(folder, found?.name ?? request);
}

/** The person who asked: the first line of the request, otherwise the file's owner by name, or by number where that has none. */
export function requestedBy(folder: string, request: string): string {
  const { files } = findRequests(folder, [request]);
  const lines = files.map(({ name }) => firstLine(path.join(folder, name))).filter((line) => line !== "");
  return lines[0] ?? ownerOf(requestPath(folder, request));
}

/** The lines of a request, without the blanks around them; none where it is empty, not there, or no text. */
export function requestLines(folder: string, request: string): readonly string[] {
  const [found] = findRequests(folder, [request]).files;
  return found === undefined ? [] : linesOf(path.join(folder, found.name), MAX_REQUEST_BYTES);
}

function firstLine(file: string): string {
  return linesOf(file, MAX_REQUESTER_BYTES)[0] ?? "";
}

function linesOf(file: string, maxBytes: number): readonly string[] {
  const read = readRegularFile(file, maxBytes);
  const text = read.kind === "read" ? decodeText(read.bytes, file) : undefined;
  return text?.kind === "ok" ? text.value.split(/\r?\n/).map((line) => line.trim()) : [];
}

function ownerOf(file: string): string {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return "somebody";
  const uid = bringerOf(file, found) ?? found.uid;
  return `the file ${path.basename(file)} (${systemUser(uid)?.name ?? `user id ${uid}`})`;
}

/** The owner of the original, of a file that was copied in: copies are the manager's, but keep their times. */
function bringerOf(file: string, { mtimeMs }: fs.Stats): number | undefined {
  const folder = path.dirname(file);
  const copied = fs.lstatSync(path.join(folder, JOB_FILES.origin), { throwIfNoEntry: false });
  return copied !== undefined && mtimeMs <= copied.mtimeMs ? readOrigin(folder)?.uid : undefined;
}

/** A folder that takes longer to list than this is listed for a tenth of the time at most. */
const QUICK_LISTING_MS = 2;
const MAX_LISTING_SHARE = 0.1;

/**
 * The requests in one folder. It is listed anew only when its own mtime moves and for some seconds afterwards, as listing
 * ten thousand folders, or one of a hundred thousand files, takes long.
 */
export class RequestWatch {
  readonly #folder: string;
  #requests: Requests = NO_REQUESTS;
  #mtimeMs = Number.NaN;
  /** The times when this mtime was first seen, the folder was last listed and may be listed again, on the monotonic clock. */
  #movedMs = 0;
  #listedMs = Number.NEGATIVE_INFINITY;
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The requests there; the same value as before if they are the same.
   * @param mtimeMs the folder's own
   */
  look(mtimeMs: number, nowMs: number): Requests {
    if (mtimeMs !== this.#mtimeMs) this.#movedMs = nowMs;
    this.#mtimeMs = mtimeMs;
    if (this.#listedMs - this.#movedMs <= TRUST_AFTER_MS && nowMs >= this.#dueMs) this.#list(nowMs);
    return this.#requests;
  }

  #list(nowMs: number): void {
    const startedMs = performance.now();
    const found = findRequests(this.#folder);
    const requests = requestsOf(found);
    const tookMs = performance.now() - startedMs;
    // A disk in trouble is asked again, however long nothing moves.
    if (found.trouble === undefined) this.#listedMs = nowMs;
    this.#dueMs = tookMs > QUICK_LISTING_MS ? nowMs + tookMs / MAX_LISTING_SHARE : nowMs;
    if (!isDeepStrictEqual(requests, this.#requests)) this.#requests = requests;
  }
}
