import type { Fault } from "../text/problem.ts";

/** A fault that makes a text not well-formed, or one with a document type; `at` is an index into it. */
interface XmlFault extends Fault {
  readonly at: number;
}

interface Nesting {
  depth: number;
  roots: number;
}

// One after the other these cover every well-formed text; names and attributes are left to the parser.
const COMMENT = /<!--(?:(?!--)[\s\S])*-->/y;
const CDATA = /<!\[CDATA\[[\s\S]*?\]\]>/y;
const INSTRUCTION = /<\?[\s\S]*?\?>/y;
const TAG = /<\/?[^\s<>"'!?/][^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>/y;
const TEXT = /[^<]+/y;

/** Deeper than any options lie, and where the parser itself gives up. */
const MAX_NESTING = 100;
/** More than any tag of an option has. */
const MAX_ATTRIBUTES = 1000;
const QUOTED = /"[^"]*"|'[^']*'/g;

const FAULTS: readonly (readonly [begins: string, wrong: string, right: string])[] = [
  ["<!--", "has a comment that does not end with the first --", "should end it with -->"],
  ["<![CDATA[", "has a CDATA section without an end", "should end it with ]]>"],
  ["<!", "declares a document type or entities", "should have no <!DOCTYPE or <!ENTITY"],
  ["<?", "has an instruction without an end", "should end it with ?>"],
  ["<", "has a tag that is not well-formed", "should have &lt; where a < is meant"],
];

/**
 * Finds what the XML parser would let pass: declarations, text and elements beside the root, forbidden characters,
 * `&` and `<` that stand for themselves. Goes over the text once, whatever it holds.
 */
export function xmlFault(text: string): XmlFault | undefined {
  const character = text.search(NOT_A_CHARACTER);
  if (character !== -1) return fault(character, "has a character that XML forbids");
  const nesting: Nesting = { depth: 0, roots: 0 };
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at);
    const fault = token === undefined ? brokenMarkup(text, at) : tokenFault(token, at, nesting);
    if (token === undefined || fault !== undefined) return fault;
    at += token.length;
  }
  return undefined;
}

function tokenAt(text: string, at: number): string | undefined {
  for (const form of [TEXT, TAG, COMMENT, CDATA, INSTRUCTION]) {
    form.lastIndex = at;
    const found = form.exec(text);
    if (found !== null) return found[0];
  }
  return undefined;
}

function brokenMarkup(text: string, at: number): XmlFault | undefined {
  const [, wrong = "", right = ""] = FAULTS.find(([begins]) => text.startsWith(begins, at)) ?? [];
  return fault(at, wrong, right);
}

function tokenFault(token: string, at: number, nesting: Nesting): XmlFault | undefined {
  if (token.startsWith("<!--")) return undefined;
  if (token.startsWith("<?")) {
    const isLateDeclaration = at > 0 && /^<\?xml\s/i.test(token);
    return isLateDeclaration ? fault(at, "has an XML declaration not at its start") : undefined;
  }
  const isCdata = token.startsWith("<![");
  const nestingFault = token.startsWith("<") && !isCdata ? tagFault(token, at, nesting) : undefined;
  const isOutside = nesting.depth === 0 && (isCdata || /^[^<]*[^<\s]/.test(token));
  if (isOutside) return fault(at, "has text outside its root element");
  return nestingFault ?? (isCdata ? undefined : referenceFault(token, at));
}

function tagFault(tag: string, at: number, nesting: Nesting): XmlFault | undefined {
  if ((tag.match(QUOTED)?.length ?? 0) > MAX_ATTRIBUTES) {
    const wrong = `has a tag with more than ${MAX_ATTRIBUTES} attributes`;
    return fault(at, wrong, "should have one value in each tag");
  }
  if (nesting.depth === 0 && !tag.startsWith("</")) nesting.roots += 1;
  if (tag.startsWith("</")) nesting.depth -= 1;
  else if (!tag.endsWith("/>")) nesting.depth += 1;
  if (nesting.roots > 1) return fault(at, "has a second root element");
  if (nesting.depth <= MAX_NESTING) return undefined;
  const wrong = `nests elements deeper than ${MAX_NESTING}`;
  return fault(at, wrong, "should have the options right in its root");
}

function referenceFault(token: string, at: number): XmlFault | undefined {
  const end = token.startsWith("<") ? -1 : token.indexOf("]]>");
  if (end !== -1) return fault(at + end, "has ]]> outside CDATA");
  for (let ampersand = token.indexOf("&"); ampersand !== -1; ampersand = token.indexOf("&", ampersand + 1)) {
    REFERENCE.lastIndex = ampersand;
    const found = REFERENCE.exec(token);
    if (found !== null && !NOT_A_CHARACTER.test(characterOf(found.groups))) continue;
    const right = "should have &amp; where an & is meant";
    return fault(at + ampersand, "has an & that begins no known character", right);
  }
  return undefined;
}

function fault(at: number, wrong: string, right = "should be well-formed XML"): XmlFault {
  return { at, wrong, right };
}

/** A stretch of an element's text or of its attribute, as it stands in a well-formed file. */
export interface XmlText {
  readonly kind: "text" | "cdata" | "attribute";
  readonly text: string;
}

/** Finds what XML 1.0 does not allow as a character. */
const NOT_A_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Matches, where it is set to look, one of the five named or a numeric reference. */
const REFERENCE = /&(?:(?<name>amp|lt|gt|quot|apos)|#(?<decimal>\d{1,8})|#x(?<hex>[\da-fA-F]{1,7}));/y;

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
function characterOf({ name, decimal, hex }: Partial<Record<string, string>> = {}): string {
  if (name !== undefined) return NAMED[name] ?? "";
  const code = Number(decimal ?? `0x${hex}`);
  return String.fromCodePoint(code <= 0x10ffff ? code : 0);
}
