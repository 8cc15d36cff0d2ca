import type { InfoField } from "../job/info-check.ts";
import type { InfoKey } from "../job/info-key.ts";
import { quoted } from "../text/escape.ts";
import type { Problem } from "../text/problem.ts";

/** The options in the lines of a script that are meant for another batch system. */
export interface ForeignDirectives {
  readonly fields: readonly InfoField[];
  readonly problems: readonly Problem[];
  readonly notes: readonly Problem[];
}

interface SlurmOption {
  /** Long, without its dashes. */
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** The options by their names; of one given several times the last. */
type LastOptions = ReadonlyMap<string, SlurmOption>;

const LONG_NAMES: Readonly<Record<string, string>> = {
  J: "job-name",
  c: "cpus-per-task",
  n: "ntasks",
  t: "time",
  o: "output",
  e: "error",
  p: "partition",
  N: "nodes",
  A: "account",
  q: "qos",
  C: "constraint",
  D: "chdir",
  a: "array",
  d: "dependency",
  G: "gpus",
  L: "licenses",
  w: "nodelist",
  x: "exclude",
};

/** The moments of each type of Slurm's; empty for those that have none here. */
const MAIL_TYPES: Readonly<Record<string, string>> = {
  NONE: "none",
  BEGIN: "start",
  END: "end",
  FAIL: "fail",
  REQUEUE: "",
  ALL: "all",
  INVALID_DEPEND: "",
  STAGE_OUT: "",
  TIME_LIMIT: "fail",
  TIME_LIMIT_90: "",
  TIME_LIMIT_80: "",
  TIME_LIMIT_50: "",
  ARRAY_TASKS: "",
};

/** The key here that an option of Slurm's stands for. */
interface Meaning {
  readonly key: InfoKey;
  /** Its value as the key here has it; undefined where Slurm would refuse it. */
  readonly read: (value: string) => string | undefined;
  /** A clause for what it should be, where it may be wrong. */
  readonly right: string;
}

const MAIL_TYPES_RIGHT = `should be types of Slurm's, separated by commas: ${Object.keys(MAIL_TYPES).join(", ")}`;
const TIME_RIGHT = "should be a time as Slurm has it: minutes, min:s, h:min:s, d-h, d-h:min or d-h:min:s";

/** The options that mean the same here, but for those whose product is the number of processors. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ["job-name", { key: "info", read: asWritten, right: "" }],
  ["mail-user", { key: "e_mail", read: asWritten, right: "" }],
  ["mail-type", { key: "mail_on", read: mailMoments, right: MAIL_TYPES_RIGHT }],
  ["time", { key: "time_limit", read: timeLimit, right: TIME_RIGHT }],
]);
const COUNTS = new Set(["nodes", "ntasks", "ntasks-per-node", "cpus-per-task"]);
/** Named apart, as there is one log. */
const LOGS = new Set(["output", "error"]);

/** The beginnings of lines for other batch systems. */
const OTHERS = /^#(?:PBS|BSUB|COBALT|OAR|PJM|MSUB)(?=\s)|^#\$(?=\s+-)/;

/** A word of a directive as sbatch splits it: quotes are taken off, `#` begins a comment. */
const WORD = /(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g;

/**
 * Reads the directives for Slurm in a script's head, as sbatch(1) does: before the first line that is neither blank nor a
 * comment, several options a line, values after `=` or a blank, a later one before an earlier one. Those with a
 * meaning here become options; the others, and lines for further batch systems, are named.
 */
export function readForeignDirectives(lines: readonly string[], file: string): ForeignDirectives {
  const commands = lines.findIndex((line) => !/^\s*(?:#|$)/.test(line));
  const head = lines.slice(0, commands === -1 ? lines.length : commands);
  const options = head.flatMap((line, index) => slurmOptions(line, index + 1));
  const last: LastOptions = new Map(options.map((option) => [option.name, option]));
  const read = [...last.values()].flatMap((option) => readOption(option, file));
  return {
    fields: [...processors(last), ...read.filter((one) => "value" in one)],
    problems: read.filter((one) => "wrong" in one),
    notes: [...notRead(options, file), ...otherSystems(head, file)],
  };
}

/** Seconds of a time as Slurm has it: minutes, `min:s`, `h:min:s`, `d-h`, `d-h:min`, `d-h:min:s`; undefined for other texts. */
export function slurmSeconds(text: string): number | undefined {
  const found = /^(?:(\d{1,6})-)?(\d{1,9})(?::(\d{1,6}))?(?::(\d{1,6}))?$/.exec(text);
  if (found === null) return undefined;
  const [, days, ...rest] = found;
  const [first = 0, second = 0, third = 0] = rest.filter((part) => part !== undefined).map(Number);
  if (days !== undefined) return Number(days) * 86_400 + first * 3600 + second * 60 + third;
  return rest[2] === undefined ? first * 60 + second : first * 3600 + second * 60 + third;
}

function slurmOptions(text: string, line: number): SlurmOption[] {
  const words = /^#SBATCH(?=\s)/.test(text) ? (text.slice("#SBATCH".length).match(WORD) ?? []) : [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  const options: SlurmOption[] = [];
  for (const word of words.slice(0, comment === -1 ? words.length : comment).map(unquoted)) {
    const last = options.at(-1);
    if (word.startsWith("-") || last === undefined) options.push({ ...splitOption(word), line });
    else if (last.value === "") options[options.length - 1] = { ...last, value: word };
  }
  return options;
}

function splitOption(word: string): Omit<SlurmOption, "line"> {
  const [, long, longValue = ""] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) return { name: long, value: longValue };
  const [, short, value = ""] = /^-(\w)=?(.*)$/s.exec(word) ?? [];
  return short === undefined ? { name: word, value: "" } : { name: LONG_NAMES[short] ?? short, value };
}

function unquoted(word: string): string {
  return word.replaceAll(/"([^"]*)"|'([^']*)'|\\(.)/g, (_, double = "", single = "", escaped = "") =>
    [double, single, escaped].join(""),
  );
}

function readOption({ name, value, line }: SlurmOption, file: string): (InfoField | Problem)[] {
  const meaning = MEANINGS.get(name);
  if (meaning === undefined) return [];
  const { key, read, right } = meaning;
  const own = read(value);
  if (own !== undefined) return [{ key, value: own, line }];
  return [{ file, line, key, wrong: `is ${quoted(value)} in #SBATCH --${name}`, right }];
}

function asWritten(value: string): string {
  return value;
}

function mailMoments(value: string): string | undefined {
  const moments = value.split(",").map((word) => MAIL_TYPES[word.trim().toUpperCase()]);
  if (moments.includes(undefined)) return undefined;
  const known = moments.filter((moment) => moment !== "");
  return known.length === 0 || known.includes("none") ? "none" : known.join(",");
}

function timeLimit(value: string): string | undefined {
  const isEndless = /^(?:infinite|unlimited)$/i.test(value);
  const seconds = isEndless ? 0 : slurmSeconds(value);
  return seconds === undefined ? undefined : seconds === 0 ? "none" : `${seconds}s`;
}

/** As many as all tasks on all nodes together have; what is no number is left to be refused as such. */
function processors(last: LastOptions): InfoField[] {
  const counts = [...tasks(last), last.get("cpus-per-task")].filter((option) => option !== undefined);
  const [first] = counts;
  if (first === undefined) return [];
  const wrong = counts.find(({ value }) => !/^\d{1,6}$/.test(value));
  const product = counts.reduce((all, { value }) => all * Number(value), 1);
  return [{ key: "nb_proc", value: wrong?.value ?? String(product), line: (wrong ?? first).line }];
}

/** Without a number of all tasks each node has one, or as many as are asked for; of `2-4` nodes the job needs two. */
function tasks(last: LastOptions): (SlurmOption | undefined)[] {
  if (last.has("ntasks")) return [last.get("ntasks")];
  const nodes = last.get("nodes");
  const least = nodes && { ...nodes, value: nodes.value.replace(/^(\d+)-\d+$/, "$1") };
  return [least, last.get("ntasks-per-node")];
}

function notRead(options: readonly SlurmOption[], file: string): Problem[] {
  const named = (chosen: readonly SlurmOption[], right: string): Problem[] => {
    const [first] = chosen;
    if (first === undefined) return [];
    const names = [...new Set(chosen.map(({ name }) => shownName(name)))].join(", ");
    return [{ file, line: first.line, wrong: `not read: ${names}`, right }];
  };
  const logs = options.filter(({ name }) => LOGS.has(name));
  const others = options.filter(({ name }) => ![MEANINGS, COUNTS, LOGS].some((known) => known.has(name)));
  const isOne = new Set(others.map(({ name }) => name)).size === 1;
  return [
    ...named(logs, "output and errors are in process.log"),
    ...named(others, `${isOne ? "it is an option" : "they are options"} of Slurm without a meaning here`),
  ];
}

function shownName(name: string): string {
  if (name.length === 1) return `-${name}`;
  return /^[\w-]+$/.test(name) ? `--${name}` : quoted(name);
}

function otherSystems(head: readonly string[], file: string): Problem[] {
  const begins = head.map((line) => OTHERS.exec(line)?.[0]);
  const found = [...new Set(begins)].filter((begin) => begin !== undefined);
  return found.map((begin) => ({
    file,
    line: begins.indexOf(begin) + 1,
    wrong: `not read: the lines with ${begin}`,
    right: "say what the job needs with #QM key=value",
  }));
}
