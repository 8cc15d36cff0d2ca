import type { JobEnd } from "./job-track.ts";

/** The exit code that ends of jobs amount to: 0 when all are done, else 1; of one job that failed its own. */
export function exitCodeOf(ends: readonly JobEnd[]): number {
  const codes = ends.map(codeOf);
  if (codes.every((code) => code === 0)) return 0;
  return codes.length === 1 ? (codes[0] ?? 1) : 1;
}

// A shell's exit code, which for a signal is 128 and its number; a record in a stranger's folder may say anything.
function codeOf(end: JobEnd): number {
  if (end.kind !== "ended") return 1;
  const { state, exitCode = 1 } = end.record;
  if (state === "done") return 0;
  return state === "failed" && Number.isInteger(exitCode) && exitCode > 0 && exitCode < 256 ? exitCode : 1;
}

/** An end for programs: of one that is not told with its record nobody knows how it was. */
export function endJson(end: JobEnd): object {
  const { kind, name } = end;
  if (kind === "ended") return { name, record: end.record };
  return kind === "put away" ? { name, putAway: true } : { name };
}
