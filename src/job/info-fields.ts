import * as z from "zod";
import { formatDuration, parseDuration } from "../text/duration.ts";
import { boolean, commaSeparated, numberLike, ok, type Parsed, wholeNumber, wrong } from "../text/parsed.ts";
import { readNeeds, readPool, readWorkerNames } from "./where.ts";

/** The moments of `mail_on`. */
const MAIL_MOMENTS = ["end", "fail", "start", "all", "none"] as const;

/** A moment at which the owner wants a mail. `end` covers every outcome, `fail` every one but `done`. */
export type MailMoment = (typeof MAIL_MOMENTS)[number];

/** A field of the info file with a value of its schema's type. */
export interface FieldSpec<T> {
  /** Its name in the info file. */
  readonly key: string;
  /** Reads its trimmed and not empty text. */
  readonly read: (text: string) => Parsed<T | undefined>;
  /** The value without it. */
  readonly otherwise?: T;
  /** Its form in a job's record, which may be a stranger's file; a field without one is not in the record. */
  readonly inRecord?: z.ZodType<T | undefined>;
  /** Its name for people; a field without one is not among the facts of a job. */
  readonly label?: string;
  /** The value for people, where it is not simply its text. */
  text?(this: void, value: T): string;
}

function field<S extends z.ZodType, const F extends FieldSpec<z.infer<S>>>(schema: S, spec: F) {
  return { schema, ...spec };
}

/**
 * The fields of the info file, but for `e_mail`, a fault in which refuses no job; all other keys are the user's own. A job's
 * info, its record, what programs get and the facts that people see follow from this table. A new field is `exactOptional` in both
 * of its forms: the launches, records and history lines of earlier versions lack it, and have to stay readable.
 */
export const INFO_FIELDS = {
  /** Command line for the shell, run with the job's folder as working directory. */
  script: field(z.string(), {
    key: "script",
    read: readScript,
    otherwise: "",
    inRecord: z.string().exactOptional(),
    label: "Command",
  }),
  /** Processors wanted, 1 or more; not yet lowered to the machine's limit. The record has those that were granted. */
  processors: field(z.number().int().positive(), {
    key: "nb_proc",
    read: wholeNumber(1, 100_000),
    otherwise: 1,
  }),
  /** As `owner` says, else the user of the folder where no address is given. The record has what `ownerOf` makes of it. */
  owner: field(z.string().exactOptional(), { key: "owner", read: readOwner, inRecord: z.string() }),
  description: field(z.string(), {
    key: "info",
    read: withinBytes(16 * 1024),
    otherwise: "",
    inRecord: z.string(),
    label: "Description",
  }),
  /** Higher runs first. */
  priority: field(z.number().int(), {
    key: "priority",
    read: readPriority,
    otherwise: 0,
    inRecord: z.number().exactOptional(),
    label: "Priority",
  }),
  /** The user's own measure of size, shown and never interpreted. */
  size: field(z.string().exactOptional(), {
    key: "size",
    read: withinBytes(1024),
    inRecord: z.string().exactOptional(),
    label: "Size",
  }),
  timeLimitSeconds: field(z.number().positive().exactOptional(), {
    key: "time_limit",
    read: readTimeLimit,
    inRecord: z.number().exactOptional(),
    label: "Time limit",
    text: formatDuration,
  }),
  /** The configuration's `Mail_On` when absent. */
  mailOn: field(z.array(z.enum(MAIL_MOMENTS)).readonly().exactOptional(), {
    key: "mail_on",
    read: readMailMoments,
    inRecord: z.array(z.enum(MAIL_MOMENTS)).readonly().exactOptional(),
  }),
  /** A word by which jobs are found together. */
  group: field(z.string().exactOptional(), {
    key: "group",
    read: readGroup,
    inRecord: z.string().exactOptional(),
    label: "Group",
  }),
  /** The file for its output in place of the log, in the job's folder unless absolute. */
  outlog: field(z.string().exactOptional(), {
    key: "outlog",
    read: readOwnLog,
    inRecord: z.string().exactOptional(),
    label: "Output in",
  }),
  /** The same for its errors; may be the same file. */
  errlog: field(z.string().exactOptional(), {
    key: "errlog",
    read: readOwnLog,
    inRecord: z.string().exactOptional(),
    label: "Errors in",
  }),
  /** The workers that may run it; any where absent. */
  workers: field(z.array(z.string()).readonly().exactOptional(), {
    key: "worker",
    read: readWorkerNames,
    inRecord: z.array(z.string()).readonly().exactOptional(),
    label: "May run on",
    text: listed,
  }),
  /** Only workers that belong to it may run the job. */
  pool: field(z.string().exactOptional(), {
    key: "pool",
    read: readPool,
    inRecord: z.string().exactOptional(),
    label: "Pool",
  }),
  /** Demands on its worker: `gpu`, `cuda=12`, `cores>=16`, `mem>=64G`. */
  needs: field(z.array(z.string()).readonly().exactOptional(), {
    key: "needs",
    read: readNeeds,
    inRecord: z.array(z.string()).readonly().exactOptional(),
    label: "Needs",
    text: listed,
  }),
  /** It runs on each worker that fits, once on each; never false. */
  runOnAll: field(z.boolean().exactOptional(), {
    key: "run_on_all",
    read: readRunOnAll,
    inRecord: z.boolean().exactOptional(),
    label: "Runs on",
    text: () => "all workers that fit",
  }),
  /** Seconds between TERM and KILL; the configuration's `Kill_Grace` when absent. */
  killGraceSeconds: field(z.number().nonnegative().exactOptional(), {
    key: "kill_grace",
    read: readKillGrace,
  }),
} as const;

const MAX_PRIORITY = 1_000_000;
const MAX_TIME_LIMIT_DAYS = 3_650;
const MAX_KILL_GRACE_SECONDS = 86_400;

/** A command line for the shell, which has to fit into one argument: Linux limits that to 128 KB. */
function readScript(text: string): Parsed<string> {
  if (text.includes("\0"))
    return wrong("should have no NUL character, which ends a command line", "has a NUL character");
  return withinBytes(64 * 1024)(text);
}

/** A person's name or address. */
function readOwner(text: string): Parsed<string> {
  if (/\p{Cc}/u.test(text)) return wrong("should be a name on one line");
  return withinBytes(200)(text);
}

function readGroup(text: string): Parsed<string> {
  if (/[\p{Cc},]/u.test(text)) return wrong("should be a word or some on one line, without a comma");
  return withinBytes(200)(text);
}

/** A path that is not the manager's own: the log would be cut, a record spoiled. */
function readOwnLog(text: string): Parsed<string> {
  const isOurs = /^(?:\.\/+)*(?:\.qm(?:\/|$)|QM_|process(?:\.\d+)?\.log$)/.test(text);
  if (isOurs || /\p{Cc}/u.test(text) || text.endsWith("/"))
    return wrong("should be a file of the job's own, such as out.txt or logs/out.txt");
  return withinBytes(1024)(text);
}

/** A priority; the higher goes first. */
function readPriority(text: string): Parsed<number> {
  const right = `should be a whole number from -${MAX_PRIORITY} to ${MAX_PRIORITY}`;
  return numberLike(/^[+-]?\d+$/, -MAX_PRIORITY, MAX_PRIORITY, right)(text);
}

/** Seconds between TERM and KILL. */
function readKillGrace(text: string): Parsed<number> {
  const right = `should be a number of seconds from 0 to ${MAX_KILL_GRACE_SECONDS}`;
  return numberLike(/^\d+(?:\.\d+)?$/, 0, MAX_KILL_GRACE_SECONDS, right)(text);
}

/** `undefined` for `False`. */
function readRunOnAll(text: string): Parsed<boolean | undefined> {
  const read = boolean(text);
  return read.kind === "ok" ? ok(read.value || undefined) : read;
}

/** Seconds; `undefined` for `none`. */
function readTimeLimit(text: string): Parsed<number | undefined> {
  if (text.toLowerCase() === "none") return ok(undefined);
  const seconds = parseDuration(text);
  if (seconds === undefined) {
    return wrong("should be minutes, or a time as 2h30m, 45s, 1d2h, 1:30:00 or 2-12:00:00, or none");
  }
  const fits = seconds > 0 && seconds <= MAX_TIME_LIMIT_DAYS * 86_400;
  return fits ? ok(seconds) : wrong(`should be more than 0 and at most ${MAX_TIME_LIMIT_DAYS} days; or none`);
}

/** The moments of `mail_on`, in a fixed order. */
export function readMailMoments(text: string): Parsed<readonly MailMoment[]> {
  const right = "should be end, fail, start or all, several separated by commas, or none alone";
  const words = commaSeparated(text.toLowerCase());
  const moments = MAIL_MOMENTS.filter((moment) => words.includes(moment));
  const known = words.every((word) => MAIL_MOMENTS.some((moment) => moment === word));
  const contradicts = moments.length > 1 && moments.includes("none");
  return known && moments.length > 0 && !contradicts ? ok(moments) : wrong(right);
}

function listed(parts: readonly string[]): string {
  return parts.join(", ");
}

function withinBytes(maxBytes: number): (text: string) => Parsed<string> {
  return (text) => {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes <= maxBytes) return ok(text);
    return wrong(`should have at most ${maxBytes} bytes`, `has ${bytes} bytes`);
  };
}
