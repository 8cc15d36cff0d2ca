import { ok, type Parsed, wrong } from "../text/parsed.ts";

/** The things that a value can depend on besides its own text. */
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

/** Reads a value from its text. */
export type Parser<T> = (text: string, surroundings: Surroundings) => Parsed<T>;

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
export const SECTIONS = ["QMServer", "Worker", "WEB_QMserver", "JobEnvironment", "Mail"] as const;

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

/** The values of a group of keys, by the same names. */
export type ValuesOf<Keys> = {
  readonly [Name in keyof Keys]: Keys[Name] extends KeySpec<infer Value> ? Value : never;
};

/** Begins the descriptions of a section's keys: `says` ends each with one sentence, and what is rare about the key. */
function keysOf(section: KeySpec<unknown>["section"]) {
  return <T>(name: string, fallback: KeySpec<T>["fallback"], parse: Parser<T>) => ({
    says: (doc: string, more: Pick<KeySpec<T>, "because" | "needsRestart"> = {}): KeySpec<T> => ({
      section,
      name,
      fallback,
      parse,
      doc,
      ...more,
    }),
  });
}

/** A key of `[QMServer]`. */
export const server = keysOf("QMServer");
/** A key of `[Worker]`. */
export const machine = keysOf("Worker");
/** A key of `[WEB_QMserver]`. */
export const page = keysOf("WEB_QMserver");
/** A key of `[Mail]`. */
export const mail = keysOf("Mail");
