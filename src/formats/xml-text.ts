/** A stretch of an element's text or of its attribute, as it stands in a well-formed file. */
export interface XmlText {
  readonly kind: "text" | "cdata" | "attribute";
  readonly text: string;
}

/** Finds what XML 1.0 does not allow as a character. */
export const NOT_A_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Matches, where it is set to look, one of the five named or a numeric reference. */
export const REFERENCE = /&(?:(?<name>amp|lt|gt|quot|apos)|#(?<decimal>\d{1,8})|#x(?<hex>[\da-fA-F]{1,7}));/y;

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The text that stretches mean together: references decoded, but literally what CDATA holds. */
export function decodeXml(texts: readonly XmlText[]): string {
  return texts.map(decodeOne).join("");
}

function decodeOne({ kind, text }: XmlText): string {
  if (kind === "cdata") return text;
  const plain = kind === "attribute" ? text.replaceAll(/[\t\n]/g, " ") : text;
  return plain.replaceAll(new RegExp(REFERENCE, "g"), (...match) => characterOf(match.at(-1)));
}

/** The character that the groups of a `REFERENCE` stand for; NUL, which XML forbids, if its number is none. */
export function characterOf({ name, decimal, hex }: Partial<Record<string, string>> = {}): string {
  if (name !== undefined) return NAMED[name] ?? "";
  const code = Number(decimal ?? `0x${hex}`);
  return String.fromCodePoint(code <= 0x10ffff ? code : 0);
}
