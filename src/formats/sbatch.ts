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

type Place = Pick<SlurmOption, "line">;

type Checked = Pick<ForeignDirectives, "fields" | "problems">;

/** Those that mean the same here; `--output` and `--error` are named apart, as there is one log. */
const READ = new Set([
  "job-name",
  "nodes",
  "ntasks",
  "ntasks-per-node",
  "cpus-per-task",
  "time",
  "mail-user",
  "mail-type",
]);
const LOGS = new Set(["output", "error"]);

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

/** The beginnings of lines for other batch systems. */
const OTHERS = /^#(?:PBS|BSUB|COBALT|OAR|PJM|MSUB|\$)(?=\s)/;

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
  const time = timeLimit(options, file);
  const moments = mailMoments(options, file);
  return {
    fields: [
      ...description(options),
      ...processors(options),
      ...addresses(options),
      ...moments.fields,
      ...time.fields,
    ],
    problems: [...moments.problems, ...time.problems],
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

function lastOf(options: readonly SlurmOption[], name: string): SlurmOption | undefined {
  return options.findLast((option) => option.name === name);
}

function field(key: InfoKey, value: string, { line }: Place): InfoField {
  return { key, value, line };
}

function description(options: readonly SlurmOption[]): InfoField[] {
  const name = lastOf(options, "job-name");
  return name === undefined ? [] : [field("info", name.value, name)];
}

/** As many as all tasks on all nodes together have; what is no number is left to be refused as such. */
function processors(options: readonly SlurmOption[]): InfoField[] {
  const tasks = lastOf(options, "ntasks");
  const counts = [
    tasks,
    ...(tasks === undefined ? tasksByNode(options) : []),
    lastOf(options, "cpus-per-task"),
  ];
  const given = counts.filter((option) => option !== undefined);
  const [first] = given;
  if (first === undefined) return [];
  const wrong = given.find(({ value }) => !/^\d{1,6}$/.test(value));
  const product = given.reduce((all, { value }) => all * Number(value), 1);
  return [
    wrong === undefined ? field("nb_proc", String(product), first) : field("nb_proc", wrong.value, wrong),
  ];
}

/** Without a number of all tasks each node has one, or as many as are asked for; of `2-4` nodes the job needs two. */
function tasksByNode(options: readonly SlurmOption[]): (SlurmOption | undefined)[] {
  const nodes = lastOf(options, "nodes");
  const least = nodes && { ...nodes, value: nodes.value.replace(/^(\d+)-\d+$/, "$1") };
  return [least, lastOf(options, "ntasks-per-node")];
}

function addresses(options: readonly SlurmOption[]): InfoField[] {
  const user = lastOf(options, "mail-user");
  return user === undefined ? [] : [field("e_mail", user.value, user)];
}

function mailMoments(options: readonly SlurmOption[], file: string): Checked {
  const type = lastOf(options, "mail-type");
  if (type === undefined) return { fields: [], problems: [] };
  const moments = type.value.split(",").map((word) => MAIL_TYPES[word.trim().toUpperCase()]);
  if (moments.includes(undefined)) {
    const right = `should be types of Slurm's, separated by commas: ${Object.keys(MAIL_TYPES).join(", ")}`;
    return { fields: [], problems: [wrongOption("mail_on", type, right, file)] };
  }
  const known = moments.filter((moment) => moment !== "");
  const isNone = known.length === 0 || known.includes("none");
  return { fields: [field("mail_on", isNone ? "none" : known.join(","), type)], problems: [] };
}

function wrongOption(key: InfoKey, { name, value, line }: SlurmOption, right: string, file: string): Problem {
  return { file, line, key, wrong: `is ${quoted(value)} in #SBATCH --${name}`, right };
}

function timeLimit(options: readonly SlurmOption[], file: string): Checked {
  const time = lastOf(options, "time");
  if (time === undefined) return { fields: [], problems: [] };
  const isEndless = /^(?:infinite|unlimited)$/i.test(time.value);
  const seconds = isEndless ? 0 : slurmSeconds(time.value);
  if (seconds !== undefined)
    return { fields: [field("time_limit", seconds === 0 ? "none" : `${seconds}s`, time)], problems: [] };
  const right = "should be a time as Slurm has it: minutes, min:s, h:min:s, d-h, d-h:min or d-h:min:s";
  return { fields: [], problems: [wrongOption("time_limit", time, right, file)] };
}

function notRead(options: readonly SlurmOption[], file: string): Problem[] {
  const named = (chosen: readonly SlurmOption[], right: string): Problem[] => {
    const [first] = chosen;
    if (first === undefined) return [];
    const names = [...new Set(chosen.map(({ name }) => shownName(name)))].join(", ");
    return [{ file, line: first.line, wrong: `not read: ${names}`, right }];
  };
  const logs = options.filter(({ name }) => LOGS.has(name));
  const others = options.filter(({ name }) => !READ.has(name) && !LOGS.has(name));
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
  const found = head.flatMap((line, index) => {
    const [begin] = OTHERS.exec(line) ?? [];
    return begin === undefined || (begin === "#$" && !/^#\$\s+-/.test(line))
      ? []
      : [{ begin, line: index + 1 }];
  });
  const begins = [...new Set(found.map(({ begin }) => begin))];
  return begins.map((begin) => ({
    file,
    line: found.find((one) => one.begin === begin)?.line ?? 1,
    wrong: `not read: the lines with ${begin}`,
    right: "say what the job needs with #QM key=value",
  }));
}
