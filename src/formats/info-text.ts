import type { InfoField } from "../core/info.ts";
import type { Checked } from "../core/problem.ts";
import { quoted } from "../core/quoted.ts";
import { readCfgInfo } from "./cfg-info.ts";
import { readJsonInfo } from "./json.ts";
import { readShInfo } from "./sh.ts";
import { decodeUtf8 } from "./utf8.ts";
import { readXmlInfo } from "./xml.ts";

type InfoReader = (text: string, file: string) => Checked<readonly InfoField[]>;

const READERS: ReadonlyMap<string, InfoReader> = new Map([
  [".cfg", readCfgInfo],
  [".ini", readCfgInfo],
  [".xml", readXmlInfo],
  [".json", readJsonInfo],
  [".sh", readShInfo],
]);

/** The endings by which an info file's format is known, in any case of their letters. */
export const INFO_FILE_ENDINGS: readonly string[] = [...READERS.keys()];

/** More than a person would read; the rest is counted. */
const MAX_PROBLEMS = 20;

/**
 * Reads an info file's options in their order; `checkInfo` says what they mean. The file is UTF-8, a byte-order
 * mark is allowed. `file` is its name in the job's folder: its ending tells the format, and problems name it.
 */
export function readInfoText(bytes: Uint8Array, file: string): Checked<readonly InfoField[]> {
  const read = READERS.get(/\.[^.]*$/.exec(file)?.[0].toLowerCase() ?? "");
  if (read === undefined) {
    const wrong = `${quoted(file)} has no ending that tells its format`;
    const right = `should end with one of ${INFO_FILE_ENDINGS.join(", ")}`;
    return { kind: "problems", problems: [{ file, wrong, right }] };
  }
  const text = decodeUtf8(bytes, file);
  return text.kind === "ok" ? firstProblems(read(text.value, file), file) : text;
}

function firstProblems<T>(checked: Checked<T>, file: string): Checked<T> {
  if (checked.kind === "ok" || checked.problems.length <= MAX_PROBLEMS) return checked;
  const wrong = `has ${checked.problems.length - MAX_PROBLEMS} more problems`;
  const rest = { file, wrong, right: "mend the first ones and try again" };
  return { kind: "problems", problems: [...checked.problems.slice(0, MAX_PROBLEMS), rest] };
}
