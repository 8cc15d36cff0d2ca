import { quoted } from "../text/escape.ts";
import type { Problem } from "../text/problem.ts";
import { tryOr } from "../text/try-or.ts";
import { igorJobIn, otherStatus } from "./igor.ts";
import { readJsonInfo } from "./json.ts";
import { decodeText } from "./text-encoding.ts";

/** The meaning of a plain `.json` file in the queue; `why` is a clause about it. */
export type JobFileMeaning =
  /** A job in Igor's form that is to run. */
  | { readonly kind: "job" }
  /** No JSON, perhaps as it is still being written. */
  | { readonly kind: "broken"; readonly why: string }
  /** A job in Igor's form that is not to run. */
  | { readonly kind: "not_to_do"; readonly why: string }
  | { readonly kind: "other" };

/** Tells the meaning of a file by its content. */
export function meaningOf(bytes: Uint8Array, file: string): JobFileMeaning {
  const text = decodeText(bytes, file);
  if (text.kind === "problems") return broken(text.problems);
  const parsed = tryOr(() => ({ value: JSON.parse(text.value) as unknown }), undefined);
  if (parsed === undefined) return broken(readJsonInfo(text.value, file).problems);
  const job = igorJobIn(parsed.value);
  if (job === undefined) return { kind: "other" };
  const status = otherStatus(job);
  if (status === undefined) return { kind: "job" };
  const why = `its Status is ${quoted(status)}, not ToDo; set that and it runs`;
  return { kind: "not_to_do", why };
}

function broken([problem]: readonly Problem[]): JobFileMeaning {
  if (problem === undefined) return { kind: "other" };
  const { line, wrong, right } = problem;
  return { kind: "broken", why: `${line === undefined ? "it" : `line ${line}`} ${wrong}; ${right}` };
}
