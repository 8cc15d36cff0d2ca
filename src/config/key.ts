import type { Parser, Surroundings } from "./parser.ts";

/** The sections of the file, in the order in which they are shown. Any case is accepted. */
export const SECTIONS = ["QMServer", "WEB_QMserver", "JobEnvironment", "Mail"] as const;

/** The section whose keys are the user's own. */
export const JOB_ENVIRONMENT = "JobEnvironment";

/** One key of the file. Read it with `parse`; `fallback` is read the same way when the key is absent or empty. */
export interface KeySpec<T> {
  readonly section: (typeof SECTIONS)[number];
  readonly name: string;
  /** The default as it would be written; a function where it depends on the machine. */
  readonly fallback: string | ((surroundings: Surroundings) => string);
  /** The reason for a default that depends on the machine, where it is an unexpected one. */
  readonly because?: (surroundings: Surroundings) => string | undefined;
  readonly parse: Parser<T>;
  /** One sentence. */
  readonly doc: string;
  /** A change counts only after a restart. */
  readonly needsRestart?: true;
}

/** A key of `[QMServer]`. */
export function server<T>(
  name: string,
  fallback: KeySpec<T>["fallback"],
  parse: Parser<T>,
  doc: string,
): KeySpec<T> {
  return { section: "QMServer", name, fallback, parse, doc };
}

/** A key of `[WEB_QMserver]`. */
export function page<T>(name: string, fallback: string, parse: Parser<T>, doc: string): KeySpec<T> {
  return { section: "WEB_QMserver", name, fallback, parse, doc };
}

/** A key of `[Mail]`. */
export function mail<T>(name: string, fallback: string, parse: Parser<T>, doc: string): KeySpec<T> {
  return { section: "Mail", name, fallback, parse, doc };
}

/** The same key, a change of which counts only after a restart. */
export function onRestart<T>(spec: KeySpec<T>): KeySpec<T> {
  return { ...spec, needsRestart: true };
}
