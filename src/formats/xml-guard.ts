import { characterOf, NOT_A_CHARACTER, REFERENCE } from "./xml-text.ts";

/** What makes a text not well-formed, or one with a document type; `at` is an index into it. */
export interface XmlFault {
  readonly at: number;
  readonly wrong: string;
  readonly right: string;
}

// One after the other these cover every well-formed text; names and attributes are left to the parser.
const COMMENT = /<!--(?:(?!--)[\s\S])*-->/y;
const CDATA = /<!\[CDATA\[[\s\S]*?\]\]>/y;
const INSTRUCTION = /<\?[\s\S]*?\?>/y;
const TAG = /<\/?[^\s<>"'!?/][^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>/y;
const TEXT = /[^<]+/y;

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
  if (character !== -1) return notWellFormed(character, "has a character that XML forbids");
  const guard = { depth: 0, roots: 0 };
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at);
    const fault = token === undefined ? brokenMarkup(text, at) : tokenFault(token, at, guard);
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
  return { at, wrong, right };
}

function tokenFault(
  token: string,
  at: number,
  guard: { depth: number; roots: number },
): XmlFault | undefined {
  if (token.startsWith("<!--")) return undefined;
  if (token.startsWith("<?")) {
    return at > 0 && /^<\?xml\s/i.test(token)
      ? notWellFormed(at, "has an XML declaration not at its start")
      : undefined;
  }
  const isText = !token.startsWith("<") || token.startsWith("<![");
  if (!isText) countTag(token, guard);
  if (guard.roots > 1) return notWellFormed(at, "has a second root element");
  if (isText && guard.depth === 0 && token.trim() !== "")
    return notWellFormed(at, "has text outside its root element");
  return token.startsWith("<![") ? undefined : referenceFault(token, at);
}

function countTag(tag: string, guard: { depth: number; roots: number }): void {
  if (tag.startsWith("</")) {
    guard.depth -= 1;
    return;
  }
  if (guard.depth === 0) guard.roots += 1;
  if (!tag.endsWith("/>")) guard.depth += 1;
}

function referenceFault(token: string, at: number): XmlFault | undefined {
  const end = token.startsWith("<") ? -1 : token.indexOf("]]>");
  if (end !== -1) return notWellFormed(at + end, "has ]]> outside CDATA");
  for (let ampersand = token.indexOf("&"); ampersand !== -1; ampersand = token.indexOf("&", ampersand + 1)) {
    REFERENCE.lastIndex = ampersand;
    const found = REFERENCE.exec(token);
    if (found === null || NOT_A_CHARACTER.test(characterOf(found))) {
      return {
        at: at + ampersand,
        wrong: "has an & that begins no known character",
        right: "should have &amp; where an & is meant",
      };
    }
  }
  return undefined;
}

function notWellFormed(at: number, wrong: string): XmlFault {
  return { at, wrong, right: "should be well-formed XML" };
}
