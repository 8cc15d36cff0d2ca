import { quoted } from "../text/escape.ts";
import type { Checked } from "../text/problem.ts";
import { tryOr } from "../text/try-or.ts";

/** `encoding="ISO-8859-1"` in an XML declaration; the text before it is ASCII in every encoding that has no mark. */
const XML_DECLARATION = /^(<\?xml\s[^>]*?\sencoding\s*=\s*)(["'])([A-Za-z][\w.:-]*)\2/;

/** An XML declaration is short; more of a file is not searched for one. */
const DECLARATION_BYTES = 200;

/** The text of a file that is UTF-8, or UTF-16 with a byte-order mark, which Windows calls Unicode; the mark is dropped. */
export function decodeText(bytes: Uint8Array, file: string): Checked<string> {
  const utf16 = utf16ByMark(bytes);
  return utf16 === undefined ? decodeUtf8(bytes, file) : decodeAs(utf16, bytes, file);
}

/** The text of an XML file in the encoding that its first bytes show or its declaration names; UTF-8 without either. */
export function decodeXmlText(bytes: Uint8Array, file: string): Checked<string> {
  const utf16 = utf16ByMark(bytes) ?? utf16ByZeros(bytes);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, DECLARATION_BYTES));
  const encoding = utf16 ?? XML_DECLARATION.exec(head)?.[3];
  // The first bytes of UTF-16 would have shown themselves.
  if (utf16 === undefined && /^(?:utf-?16|iso-10646-ucs-2)/i.test(encoding ?? ""))
    return refuse(file, `declares the encoding ${quoted(encoding ?? "")} but does not have it`);
  return encoding === undefined || /^utf-?8$/i.test(encoding)
    ? decodeUtf8(bytes, file)
    : decodeAs(encoding, bytes, file);
}

/** The same XML text with a declaration that fits it when it is saved as UTF-8. */
export function declaredAsUtf8(xml: string): string {
  const encoding = XML_DECLARATION.exec(xml)?.[3] ?? "utf-8";
  return /^utf-?8$/i.test(encoding) ? xml : xml.replace(XML_DECLARATION, "$1$2UTF-8$2");
}

function utf16ByMark([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** By the `<` with which an XML file begins (XML 1.0, appendix F). */
function utf16ByZeros([first, second]: Uint8Array): string | undefined {
  if (first === 0x3c && second === 0) return "utf-16le";
  return first === 0 && second === 0x3c ? "utf-16be" : undefined;
}

function decodeAs(encoding: string, bytes: Uint8Array, file: string): Checked<string> {
  const decoder = decoderOf(encoding);
  if (decoder === undefined)
    return refuse(file, `declares the encoding ${quoted(encoding)}, which is not known`);
  try {
    // In one piece, Node 20 would take the quotes and the euro sign of windows-1252 for control characters.
    return { kind: "ok", value: decoder.decode(bytes, { stream: true }) + decoder.decode() };
  } catch {
    return refuse(file, `is not whole, or not in the encoding ${quoted(encoding)}`);
  }
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> | undefined {
  return tryOr(() => new TextDecoder(encoding, { fatal: true }), undefined);
}

/** The text of a UTF-8 file without its byte-order mark, or where it is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, file: string): Checked<string> {
  if (utf16ByMark(bytes) !== undefined) {
    const wrong = "is UTF-16 (Windows calls it Unicode)";
    return { kind: "problems", problems: [{ file, wrong, right: RIGHT }] };
  }
  if (isUtf8(bytes)) return { kind: "ok", value: new TextDecoder("utf-8").decode(bytes) };
  const offset = firstBadByte(bytes);
  const line = bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
  return refuse(file, `is not UTF-8: byte ${offset} begins no character`, line);
}

const RIGHT = "should be saved as UTF-8";

function refuse(file: string, wrong: string, line = 1): Checked<never> {
  return { kind: "problems", problems: [{ file, line, wrong, right: RIGHT }] };
}

function isUtf8(bytes: Uint8Array): boolean {
  return tryOr(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes) !== undefined, false);
}

/** The 0-based place of the first byte that begins no character: there or soon after it the text reads back as another. */
function firstBadByte(bytes: Uint8Array): number {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let at = new TextEncoder().encode(text).findIndex((byte, index) => byte !== bytes[index]);
  while (!isUtf8(bytes.subarray(0, at))) at -= 1;
  return at;
}
