import path from "node:path";
import type { JobInfo } from "../job/job-info.ts";
import { quoteForShell } from "../text/escape.ts";

/** EX_CANTCREAT of sysexits.h: the exit code where such a file cannot be opened; why stands in the job's log then. */
const CANNOT_OPEN = 73;

/**
 * A command that writes its output, its errors or both to files of its own in place of the job's log, made anew at each start.
 * @param jobFolder absolute: the files lie in it unless their paths are absolute
 */
export function withOwnLogs(
  command: string,
  jobFolder: string,
  { outlog, errlog }: Pick<JobInfo, "outlog" | "errlog">,
): string {
  if (outlog === undefined && errlog === undefined) return command;
  const to = (file: string) => quoteForShell(path.resolve(jobFolder, file));
  const out = outlog === undefined ? "" : ` >${to(outlog)}`;
  const isSame = outlog !== undefined && errlog !== undefined && to(outlog) === to(errlog);
  const errors = errlog === undefined ? "" : ` 2>${isSame ? "&1" : to(errlog)}`;
  // With `command` a file that cannot be opened does not end the shell before it has been told of.
  return `command exec${out}${errors} || exit ${CANNOT_OPEN}\n${command}`;
}
