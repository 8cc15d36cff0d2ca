import { quoted } from "../core/quoted.ts";
import type { ReadInfo } from "../core/read-info.ts";
import { readCfgInfo } from "./cfg-info.ts";
import { readJsonInfo } from "./json.ts";
import { readShInfo } from "./sh.ts";
import { decodeUtf8 } from "./utf8.ts";
import { readXmlInfo } from "./xml.ts";

type InfoReader = (text: string, file: string) => ReadInfo;

const READERS: ReadonlyMap<string, InfoReader> = new Map([
  [".cfg", readCfgInfo],
  [".ini", readCfgInfo],
  [".xml", readXmlInfo],
  [".json", readJsonInfo],
  [".sh", readShInfo],
]);

/** The endings by which an info file's format is known, in any case of their letters. */
export const INFO_FILE_ENDINGS: readonly string[] = [...READERS.keys()];

/**
 * Reads an info file's options in their order; `checkReadInfo` says what they mean. The file is UTF-8, a byte-order
 * mark is allowed. `file` is its name in the job's folder: its ending tells the format, and problems name it.
 */
export function readInfoText(bytes: Uint8Array, file: string): ReadInfo {
  const read = READERS.get(/\.[^.]*$/.exec(file)?.[0].toLowerCase() ?? "");
  if (read === undefined) {
    const wrong = `${quoted(file)} has no ending that tells its format`;
    const right = `should end with one of ${INFO_FILE_ENDINGS.join(", ")}`;
    return { kind: "problems", problems: [{ file, wrong, right }] };
  }
  const text = decodeUtf8(bytes, file);
  return text.kind === "ok" ? read(text.value, file) : text;
}
