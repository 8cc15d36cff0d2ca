import { XMLParser, XMLValidator } from "fast-xml-parser";
import { quoted } from "../text/escape.ts";
import { isOneEditAway } from "../text/nearest.ts";
import type { Checked } from "../text/problem.ts";
import { type XmlText, xmlFault } from "./xml-guard.ts";

/** A child of the root element. Its texts are as written, entities not yet decoded. */
export interface XmlElement {
  /** In lower case. */
  readonly name: string;
  readonly line: number;
  /** The values of its `value` attribute, in any case of that name. */
  readonly values: readonly string[];
  /** An attribute whose name is probably a misspelling of `value`. */
  readonly misspelled?: string;
  readonly texts: readonly XmlText[];
  readonly hasElements: boolean;
}

const PLACE: unique symbol = XMLParser.getMetaDataSymbol() as never;

interface XmlNode {
  readonly [name: string]: unknown;
  readonly ":@"?: Readonly<Record<string, unknown>>;
  readonly [PLACE]?: { readonly startIndex?: number };
}

/**
 * Begins the names of elements in the parser's tree: no name can begin with it, so none of them is `__proto__` or
 * `constructor`, which the parser refuses, or `:@`, `#text` and `#cdata`, which it uses itself.
 */
const MARK = "<";
const TEXT = "#text";
const CDATA = "#cdata";
const ATTRIBUTES = ":@";

const parser = new XMLParser({
  preserveOrder: true,
  attributeNamePrefix: "",
  ignoreAttributes: (name: string) => !isValue(name) && !isOneEditAway(name.toLowerCase(), "value"),
  transformTagName: (name) => (name.startsWith(MARK) ? name : MARK + name.toLowerCase()),
  cdataPropName: CDATA,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  captureMetaData: true,
  jPath: false,
});

/** The children of a well-formed document's root element, in their order. */
export function readXmlElements(text: string, file: string): Checked<readonly XmlElement[]> {
  const refuse = (line: number, wrong: string, right = "should be well-formed XML") =>
    ({ kind: "problems", problems: [{ file, line, wrong, right }] }) as const;
  const lines = new LineCounter(text);
  const fault = xmlFault(text);
  if (fault !== undefined) return refuse(lines.lineAt(fault.at), fault.wrong, fault.right);
  const valid = XMLValidator.validate(text);
  if (valid !== true) return refuse(valid.err.line, quoted(valid.err.msg, 200));
  const nodes = parseNodes(text);
  if (typeof nodes === "string") return refuse(1, nodes);
  const children = nodes.filter(isElement).flatMap(childrenOf);
  return { kind: "ok", value: children.filter(isElement).map((node) => elementOf(node, lines)) };
}

/** The parser's tree; or its complaint, should it ever have one about what the two checks let pass. */
function parseNodes(text: string): readonly XmlNode[] | string {
  try {
    return parser.parse(text) as XmlNode[];
  } catch (error) {
    return quoted(error instanceof Error ? error.message : String(error), 200);
  }
}

function elementOf(node: XmlNode, lines: LineCounter): XmlElement {
  const children = childrenOf(node);
  const attributes = Object.entries(node[ATTRIBUTES] ?? {});
  const [misspelled] = attributes.find(([name]) => !isValue(name)) ?? [];
  return {
    name: nameOf(node).slice(MARK.length),
    line: lines.lineAt(node[PLACE]?.startIndex ?? 0),
    values: attributes.filter(([name]) => isValue(name)).map(([, value]) => String(value)),
    ...(misspelled === undefined ? {} : { misspelled }),
    texts: children.flatMap(textsOf),
    hasElements: children.some(isElement),
  };
}

function isValue(attribute: string): boolean {
  return attribute.toLowerCase() === "value";
}

function textsOf(node: XmlNode): XmlText[] {
  const name = nameOf(node);
  if (name === TEXT) return [{ kind: "text", text: String(node[TEXT]) }];
  return name === CDATA
    ? childrenOf(node).map((child) => ({ kind: "cdata", text: String(child[TEXT]) }))
    : [];
}

/** A node of the tree has one own key beside its attributes: its name, with its children under it. */
function nameOf(node: XmlNode): string {
  return Object.keys(node).find((key) => key !== ATTRIBUTES) ?? "";
}

function isElement(node: XmlNode): boolean {
  return nameOf(node).startsWith(MARK);
}

function childrenOf(node: XmlNode): readonly XmlNode[] {
  const children = node[nameOf(node)];
  return Array.isArray(children) ? children : [];
}

/** Tells the 1-based lines of places in a text, asked for from left to right, in one pass. */
class LineCounter {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of the character at this index. */
  lineAt(index: number): number {
    this.#line += this.#text.slice(this.#at, index).split(/\r(?!\n)|\n/).length - 1;
    this.#at = index;
    return this.#line;
  }
}
