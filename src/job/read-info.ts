import type { Checked, Problem } from "../text/problem.ts";
import { checkInfo, type InfoSurroundings } from "./info.ts";
import type { InfoField } from "./info-check.ts";
import type { JobInfo } from "./job-info.ts";

/** The options of an info file; or what is wrong with it, and those options that can be read all the same. */
export type ReadInfo =
  | (InfoSurroundings & { readonly kind: "ok"; readonly value: readonly InfoField[] })
  | (InfoSurroundings & {
      readonly kind: "problems";
      readonly problems: readonly Problem[];
      /** Absent where the file cannot be read at all. */
      readonly readable?: readonly InfoField[];
    });

/** The options that could be read, with what is wrong beside them. */
export function asReadInfo(
  fields: readonly InfoField[],
  problems: readonly Problem[],
  surroundings: InfoSurroundings = {},
): ReadInfo {
  return problems.length > 0
    ? { kind: "problems", problems, readable: fields, ...surroundings }
    : { kind: "ok", value: fields, ...surroundings };
}

/** More than a person would read; the rest is counted. */
const MAX_PROBLEMS = 20;

/** Checks what has been read of an info file; what is wrong with its form and with its values is reported together. */
export function checkReadInfo(read: ReadInfo, infoFile: string, folderUser?: string): Checked<JobInfo> {
  const { own = [], notes = [] } = read;
  const context = { own, notes, folderUser };
  if (read.kind === "ok") return checkInfo(read.value, infoFile, context);
  const { problems: faults, readable } = read;
  const checked =
    readable === undefined ? { problems: faults } : checkInfo(readable, infoFile, { ...context, faults });
  return "value" in checked ? checked : { kind: "problems", problems: firstOf(checked.problems, infoFile) };
}

function firstOf(problems: readonly Problem[], file: string): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const wrong = `has ${problems.length - MAX_PROBLEMS} more problems`;
  return [...problems.slice(0, MAX_PROBLEMS), { file, wrong, right: "mend the first ones and try again" }];
}
