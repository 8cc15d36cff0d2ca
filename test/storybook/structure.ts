/** An element of a page. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The elements around it, the outermost first. */
  readonly within: readonly Element[];
}

const VOID = new Set(["meta", "link", "input", "img", "br", "hr"]);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[^\s=>"'/]+(?:="[^"]*")?)*)\s*(\/?)>/y;
const ATTRIBUTE = /([^\s=>"'/]+)(?:="([^"]*)")?/g;

/**
 * The elements of a page that our own templates wrote: every element closed, every attribute in double quotes, every
 * other `<`, `>` and `"` escaped. Throws where that is not so, as hostile text may then have become markup.
 */
export function readPage(html: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const prologue = "<!doctype html>\n";
  if (!html.startsWith(prologue)) throw new Error("there is no document type");
  let at = prologue.length;
  while (at < html.length) {
    if (html[at] !== "<") {
      at += 1;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(html);
    if (tag === null) throw new Error(`this is no tag: ${html.slice(at, at + 100)}`);
    at = TAG.lastIndex;
    readTag(tag, open, elements);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.map(({ name }) => name).join()}`);
  return elements;
}

function readTag(
  [text, slash, name = "", attributes = "", end]: RegExpExecArray,
  open: Element[],
  all: Element[],
): void {
  if (slash === "/") {
    const last = open.pop();
    if (last?.name !== name) throw new Error(`${text} closes ${last?.name}`);
    return;
  }
  const element = { name, attributes: attributesOf(attributes), within: [...open] };
  all.push(element);
  if (!VOID.has(name) && end !== "/") open.push(element);
}

function attributesOf(text: string): Map<string, string> {
  const found = [...text.matchAll(ATTRIBUTE)].map(
    ([, name = "", value = ""]) => [name, plainText(value)] as const,
  );
  const attributes = new Map(found);
  if (attributes.size < found.length) throw new Error(`an attribute stands twice: ${text}`);
  return attributes;
}

function plainText(value: string): string {
  return value
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#34;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
