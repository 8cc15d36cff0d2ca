import { type ReadInfo, unreadableInfo } from "../job/info.ts";
import { quoted } from "../text/escape.ts";
import type { Checked } from "../text/problem.ts";
import { readCfgInfo } from "./cfg-info.ts";
import { readJsonInfo } from "./json.ts";
import { readShInfo } from "./sh.ts";
import { declaredAsUtf8, decodeText, decodeUtf8, decodeXmlText } from "./text-encoding.ts";
import { readXmlInfo } from "./xml.ts";

interface Format {
  readonly decode: (bytes: Uint8Array, file: string) => Checked<string>;
  readonly read: (text: string, file: string) => ReadInfo;
}

// A shell runs no script in UTF-16.
const FORMATS: ReadonlyMap<string, Format> = new Map([
  [".cfg", { decode: decodeText, read: readCfgInfo }],
  [".ini", { decode: decodeText, read: readCfgInfo }],
  [".xml", { decode: decodeXmlText, read: readXmlInfo }],
  [".json", { decode: decodeText, read: readJsonInfo }],
  [".sh", { decode: decodeUtf8, read: readShInfo }],
]);

/** The endings by which an info file's format is known, in any case of their letters. */
export const INFO_FILE_ENDINGS: readonly string[] = [...FORMATS.keys()];

/**
 * Reads an info file's options in their order; `checkReadInfo` says what they mean. The file is UTF-8, or in the encoding
 * that its byte-order mark or its XML declaration tells. `file` is its name in the job's folder: its ending tells the format, and problems name it.
 */
export function readInfoText(bytes: Uint8Array, file: string): ReadInfo {
  const format = formatOf(file);
  if (format === undefined) {
    const wrong = `${quoted(file)} has no ending that tells its format`;
    const right = `should end with one of ${INFO_FILE_ENDINGS.join(", ")}`;
    return unreadableInfo([{ file, wrong, right }]);
  }
  const text = format.decode(bytes, file);
  return text.kind === "ok" ? format.read(text.value, file) : unreadableInfo(text.problems);
}

/** The text of an info file that can be read, as it is to be when it is saved as UTF-8. */
export function infoTextAsUtf8(bytes: Uint8Array, file: string): string {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const decoded = formatOf(file)?.decode(bytes, file);
  const isOther = decoded?.kind === "ok" && decoded.value !== utf8.replace(/^\ufeff/, "");
  return declaredAsUtf8(isOther ? decoded.value : utf8);
}

function formatOf(file: string): Format | undefined {
  return FORMATS.get(/\.[^.]*$/.exec(file)?.[0].toLowerCase() ?? "");
}
