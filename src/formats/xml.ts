import { type ReadInfo, sortOptions, unreadableInfo } from "../job/info.ts";
import { askFor, infoKey } from "../job/info-key.ts";
import type { Checked, Fault, Problem } from "../text/problem.ts";
import { decodeXml } from "./xml-guard.ts";
import { readXmlElements, type XmlElement } from "./xml-tree.ts";

/**
 * Reads `<script value="…"/>` and `<script>…</script>`, in any case, from the children of the root element,
 * whatever its name; what lies deeper is the user's own. Values stay text. Refuses what is not well-formed and
 * every document type; `file` names the problems.
 */
export function readXmlInfo(text: string, file: string): ReadInfo {
  const elements = readXmlElements(text.replace(/^\ufeff/, ""), file);
  if (elements.kind === "problems") return unreadableInfo(elements.problems);
  const seen = new Set<string>();
  const written = elements.value.map((element) => {
    const { name: key, line } = element;
    return { key, line, value: checkedValue(element, seen, file) };
  });
  const { fields, problems, own } = sortOptions(written);
  const notes = elements.value.flatMap((element) => emptyElements(element, file));
  return { fields, problems, own, notes };
}

// Without a script there is nothing to run: that is a fault.
function emptyElements(element: XmlElement, file: string): Problem[] {
  const key = infoKey(element.name);
  const question = askForValue(element);
  if (key === undefined || key === "script" || question === undefined) return [];
  return [{ file, line: element.line, key, wrong: question, right: "As it stands the element is empty" }];
}

function askForValue({ misspelled, values, texts }: XmlElement): string | undefined {
  const isEmpty = values.length === 0 && decodeXml(texts).trim() === "";
  return isEmpty && misspelled !== undefined ? askFor(misspelled, "value") : undefined;
}

function checkedValue(element: XmlElement, seen: Set<string>, file: string): Checked<string> {
  const key = infoKey(element.name) ?? element.name;
  const read = readElement(element, key, seen.has(key));
  seen.add(key);
  return "value" in read
    ? { kind: "ok", value: read.value }
    : { kind: "problems", problems: [{ file, line: element.line, key, ...read }] };
}

function readElement(element: XmlElement, key: string, isRepeated: boolean): { value: string } | Fault {
  if (isRepeated && key !== "e_mail") return { wrong: "is given again", right: "should be given once" };
  if (element.hasElements)
    return { wrong: "has elements inside", right: "should have text or a value attribute" };
  const question = key === "script" ? askForValue(element) : undefined;
  return question === undefined ? valueIn(element) : { wrong: "is empty", right: question };
}

/** The `value` attribute, or else the text between the tags. */
function valueIn({ values, texts }: XmlElement): { value: string } | Fault {
  const between = decodeXml(texts);
  const [attribute, another] = values;
  if (attribute === undefined || (another === undefined && attribute.trim() === ""))
    return { value: between };
  if (another !== undefined || between.trim() !== "") {
    return { wrong: "is given twice in one element", right: "should have either a value attribute or text" };
  }
  return { value: decodeXml([{ kind: "attribute", text: attribute }]) };
}
