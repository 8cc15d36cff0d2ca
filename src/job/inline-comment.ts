import type { Problem } from "../text/problem.ts";
import { quoted } from "../text/quoted.ts";
import type { InfoField } from "./info-check.ts";

/** The form of comments in the files that people write. */
const COMMENT_RIGHT = "a comment should have a line of its own, as there is none behind a value";

/** Text behind a value that looks like a comment (`; words`, `# words`); undefined where nothing does. */
export function inlineComment(value: string): string | undefined {
  const lastLine = value.slice(value.lastIndexOf("\n") + 1);
  return /\s([;#](?:\s+\S|\p{L}).*)$/u.exec(lastLine)?.[1];
}

/** Clauses that warn of a comment behind a value, which the value then holds; undefined where there is none. */
export function commentWarning(value: string): Pick<Problem, "wrong" | "right"> | undefined {
  const comment = inlineComment(value);
  if (comment === undefined) return undefined;
  return { wrong: `ends in ${quoted(comment)}, which is part of the value`, right: COMMENT_RIGHT };
}

/** Addition to the advice about a wrong value where a comment stands behind it; else nothing. */
export function commentHint(value: string): string {
  return inlineComment(value) === undefined ? "" : `; ${COMMENT_RIGHT}`;
}

/**
 * Warnings of the comments behind the options of an info file. In `script` a `;` begins another command and quotes may hold a `#`;
 * in `e_mail` each address is looked at by itself.
 */
export function commentNotes(fields: readonly InfoField[], file: string): Problem[] {
  return fields.flatMap(({ key, value, line }) => {
    const warning = key === "script" ? shellWarning(value) : commentWarning(value);
    if (warning === undefined || key === "e_mail") return [];
    return [{ file, ...(line !== undefined && { line }), key, ...warning }];
  });
}

function shellWarning(script: string): ReturnType<typeof commentWarning> {
  const warning = commentWarning(script);
  const isOfShell = /^[^;"'`][^"'`]*$/.test(inlineComment(script) ?? "");
  return warning && isOfShell ? { ...warning, right: "the shell takes it for a comment" } : undefined;
}
