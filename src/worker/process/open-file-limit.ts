import fs from "node:fs";
import path from "node:path";
import { fromProc, readProcessStat } from "./process-stat.ts";

/** Limits of open files of one process; infinity where there is none. */
export interface OpenFileLimits {
  readonly soft: number;
  readonly hard: number;
  /** Runs Node.js, which raises its soft limit to the hard one. */
  readonly isNode: boolean;
}

/** The soft limit that Linux and systemd begin with. */
const USUAL_SOFT = 1024;

let known: number | undefined;

/**
 * The soft limit of open files that this process was started with, for its jobs; infinity where there is none. Node.js raises
 * its own at once and nothing tells of it afterwards: it is taken from `QM_OPEN_FILES`, otherwise from the processes that this
 * one descends from, as they are at the first call that can tell. Throws where no file handles are left to ask.
 */
export function startersOpenFiles(): number {
  known ??= softLimitBefore(limitsOf("self"), ancestorsLimits(), process.env["QM_OPEN_FILES"]);
  return known;
}

/**
 * The soft limit that a process was most probably started with, never above its hard one. Of those it descends from, the nearest
 * first, it is that of the nearest which has not used its hard limit up, as long as all have the same hard one: npm, for
 * instance, is Node.js too and has raised what is below it. Where nothing tells it is 1024.
 * @param told by who started it: a number, or `unlimited`
 */
export function softLimitBefore(
  own: OpenFileLimits | undefined,
  ancestors: readonly OpenFileLimits[],
  told?: string,
): number {
  if (own === undefined) return USUAL_SOFT;
  const other = ancestors.findIndex(({ hard }) => hard !== own.hard);
  const like = other === -1 ? ancestors : ancestors.slice(0, other);
  const outermost = like.at(-1);
  const inherited =
    like.find(({ soft, hard }) => soft < hard) ?? (outermost?.isNode === false ? outermost : undefined);
  return Math.min(own.hard, parseLimit(told) ?? inherited?.soft ?? USUAL_SOFT);
}

function ancestorsLimits(): OpenFileLimits[] {
  const found: OpenFileLimits[] = [];
  for (let pid = process.ppid; pid > 0; pid = readProcessStat(pid)?.parent ?? 0) {
    const limits = limitsOf(pid);
    if (limits === undefined) break;
    found.push(limits);
  }
  return found;
}

function limitsOf(pid: number | "self"): OpenFileLimits | undefined {
  return fromProc(() => {
    const text = fs.readFileSync(`/proc/${pid}/limits`, "latin1");
    const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(text)?.map(parseLimit) ?? [];
    return soft === undefined || hard === undefined ? undefined : { soft, hard, isNode: isNode(pid) };
  }, undefined);
}

function isNode(pid: number | "self"): boolean {
  return path.basename(fs.readlinkSync(`/proc/${pid}/exe`)).startsWith("node");
}

function parseLimit(text: string | undefined): number | undefined {
  if (text === "unlimited") return Number.POSITIVE_INFINITY;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
