/** What a value can depend on besides its own text. */
export interface Surroundings {
  /** Absolute; relative paths count from here. */
  readonly folder: string;
  /** The folder that `~` stands for; undefined for a user without a home folder. */
  readonly home: string | undefined;
  readonly hostname: string;
  /** Processors that this process may use. */
  readonly processors: number;
  /** Processors, perhaps a fraction, by which a CPU quota bounds these; undefined where none does. */
  readonly cpuQuota: number | undefined;
  /** The environment, from which `[JobEnvironment]` is filled in. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The value of `QM_FOLDER` that comes before that of the file, absolute. */
  readonly queueFolder: string | undefined;
  /** The process is not the manager, which may know variables that are not there. */
  readonly mayLackVariables: boolean;
}

/** A value read from its text, or what would have been right as a clause: "should be True or False". */
export type Parsed<T> =
  | {
      readonly kind: "ok";
      readonly value: T;
      /** The text to show, where it is not the text as written. */
      readonly shown?: string;
    }
  | { readonly kind: "wrong"; readonly right: string };

/** Reads a value from its text. */
export type Parser<T> = (text: string, surroundings: Surroundings) => Parsed<T>;

/** A value; `shown` is the text to show in place of the one that was written. */
export function ok<T>(value: T, shown?: string): Parsed<T> {
  return shown === undefined ? { kind: "ok", value } : { kind: "ok", value, shown };
}

/** No value; `right` tells what would have been one, as a clause. */
export function wrong(right: string): { readonly kind: "wrong"; readonly right: string } {
  return { kind: "wrong", right };
}

/** As `parser`, with nothing written meaning that there is no value. */
export function optional<T>(parser: Parser<T>): Parser<T | undefined> {
  return (text, surroundings) => (text === "" ? ok(undefined) : parser(text, surroundings));
}

/** Several values separated by commas, without repeats; `right` names what the whole should be. */
export function listOf<T>(item: Parser<T>, right: string): Parser<readonly T[]> {
  return (text, surroundings) => {
    const parts = text.split(",").map((part) => part.trim());
    const parsed = parts.filter((part) => part !== "").map((part) => item(part, surroundings));
    const values = parsed.flatMap((one) => (one.kind === "ok" ? [one.value] : []));
    return values.length < parsed.length ? wrong(right) : ok([...new Set(values)]);
  };
}

/** One of several words, in any case. */
export function choice<const T extends string>(...words: readonly T[]): Parser<T> {
  return (text) => {
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
    return found === undefined ? wrong(`should be ${words.join(" or ")}`) : ok(found);
  };
}

/** Any text on one line that `pattern` accepts as a whole. */
export function textLike(pattern: RegExp, right: string): Parser<string> {
  return (text) => (pattern.test(text) ? ok(text) : wrong(right));
}

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
