import { applyEdits, modify } from "jsonc-parser";
import type { ReadInfo } from "../job/info.ts";
import { askFor, type InfoKey, infoKey } from "../job/info-key.ts";
import type { RecordState } from "../job/record.ts";
import { isOneEditAway } from "../text/nearest.ts";
import type { Checked, Problem } from "../text/problem.ts";
import { tryOr } from "../text/try-or.ts";

/** The object under the key `Job`. */
export type IgorJob = Readonly<Record<string, unknown>>;

interface KeyRule {
  readonly type: "string" | "number";
  /** The key of an info file that it stands for. */
  readonly means?: InfoKey;
}

/** The keys of a job with a meaning here, in exactly this case; null is no value. */
const KEY_RULES: ReadonlyMap<string, KeyRule> = new Map([
  ["Name", { type: "string", means: "info" }],
  ["Priority", { type: "number", means: "priority" }],
  ["Script", { type: "string", means: "script" }],
  ["TimeOut", { type: "number", means: "time_limit" }],
  ["Worker", { type: "string" }],
  ["WorkingDirectory", { type: "string" }],
]);

const STATUS = "Status";
const TO_DO = "ToDo";

/** Igor's words for the states of a job; one that was refused has none. */
const STATUSES: Readonly<Record<RecordState, string | undefined>> = {
  running: "InProgress",
  done: "Finished",
  failed: "RuntimeError",
  killed: "RuntimeError",
  timed_out: "TimeOutError",
  lost: "Error",
  invalid: undefined,
};

/**
 * The job in a value of Igor's form, an object with an object under `Job`; undefined in any other. With a `script` beside it, it is an
 * info file in which `Job` is a key of the user's own.
 */
export function igorJobIn(value: unknown): IgorJob | undefined {
  if (!isObject(value) || !isObject(value["Job"])) return undefined;
  return Object.keys(value).some((key) => infoKey(key) === "script") ? undefined : value["Job"];
}

function isObject(value: unknown): value is IgorJob {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The status of a job that is not to run, as it is written; undefined for one that is, by `ToDo` in any case or by none. */
export function otherStatus({ [STATUS]: status }: IgorJob): string | undefined {
  if (status === undefined || status === null) return undefined;
  const text = typeof status === "string" ? status : JSON.stringify(status);
  return text.toLowerCase() === TO_DO.toLowerCase() ? undefined : text;
}

/** The demands of a job in Igor's form; `lineOf` tells the lines of its keys. To a job that is to run its `Status` does not matter. */
export function readIgorJob(job: IgorJob, file: string, lineOf: (key: string) => number): ReadInfo {
  const keys = Object.keys(job);
  const written = keys
    .filter((key) => job[key] !== null)
    .flatMap((key) => readKey(key, job[key], file, lineOf));
  const [place] = written.filter(({ key }) => key === "WorkingDirectory");
  const [worker] = written.filter(({ key }) => key === "Worker");
  return {
    fields: written.flatMap(({ means, value, line }) =>
      means === undefined || value.kind !== "ok" ? [] : [{ key: means, value: value.value, line }],
    ),
    problems: written.flatMap(({ value }) => (value.kind === "problems" ? value.problems : [])),
    own: [],
    notes: keys.flatMap((key) => strangeKey(key, { file, line: lineOf(key) })),
    ...(place?.value.kind === "ok" && { workingDirectory: { written: place.value.value, line: place.line } }),
    ...(worker?.value.kind === "ok" && worker.value.value !== "" && { prefers: worker.value.value }),
  };
}

function readKey(key: string, value: unknown, file: string, lineOf: (key: string) => number) {
  const rule = KEY_RULES.get(key);
  if (rule === undefined) return [];
  const line = lineOf(key);
  return [{ key, means: rule.means, line, value: checkedText(value, rule, { file, line, key }) }];
}

type Place = Pick<Problem, "file" | "line" | "key">;

function checkedText(value: unknown, { type, means }: KeyRule, place: Place): Checked<string> {
  if (typeof value !== type) return wrongValue(value, place, `should be a ${type}`);
  if (means !== "time_limit") return { kind: "ok", value: String(value) };
  const isLongEnough = Number(value) >= MIN_TIME_OUT_SECONDS;
  if (isLongEnough) return { kind: "ok", value: `${Number(value).toFixed(3)}s` };
  return wrongValue(value, place, "should be a number of seconds, more than 0, or null for no limit");
}

const MIN_TIME_OUT_SECONDS = 0.001;

function wrongValue(value: unknown, place: Place, right: string): Checked<never> {
  return { kind: "problems", problems: [{ ...place, wrong: `is ${typeName(value)}`, right }] };
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : JSON.stringify(value);
}

/** A note about a key that is neither one of a job nor wholly the user's own; nothing about the others. */
function strangeKey(key: string, place: Place): Problem[] {
  const known = [...KEY_RULES.keys(), STATUS];
  if (known.includes(key)) return [];
  const lower = key.toLowerCase();
  const meant = known.find(
    (name) => name.toLowerCase() === lower || isOneEditAway(lower, name.toLowerCase()),
  );
  if (meant !== undefined)
    return [{ ...place, wrong: askFor(key, meant), right: "As it stands it is a key of your own" }];
  if (infoKey(key) === undefined) return [];
  return [{ ...place, key, wrong: "means nothing inside Job", right: "it counts beside Job" }];
}

/** The job in a text in Igor's form; undefined in any other. */
export function igorJobOf(text: string): IgorJob | undefined {
  return igorJobIn(tryOr(() => JSON.parse(text) as unknown, undefined));
}

/**
 * A text in Igor's form with the status that a job has in this state; undefined where nothing is to be changed, or it is no such text.
 */
export function withStatus(text: string, state: RecordState): string | undefined {
  const status = STATUSES[state];
  const job = igorJobOf(text);
  if (job === undefined || status === undefined || job[STATUS] === status) return undefined;
  return withValue(text, ["Job", STATUS], status);
}

/** A JSON text with another value in one place, all else in it as it was. */
export function withValue(text: string, place: readonly string[], value: string): string {
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  return applyEdits(text, modify(text, [...place], value, { formattingOptions }));
}
