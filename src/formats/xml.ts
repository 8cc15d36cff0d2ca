import { asReadInfo, type ReadInfo } from "../job/info.ts";
import type { InfoField } from "../job/info-check.ts";
import { askFor, type InfoKey, infoKey } from "../job/info-key.ts";
import type { Problem } from "../text/problem.ts";
import { decodeXml } from "./xml-text.ts";
import { readXmlElements, type XmlElement } from "./xml-tree.ts";

/**
 * Reads `<script value="…"/>` and `<script>…</script>`, in any case, from the children of the root element,
 * whatever its name; what lies deeper is the user's own. Values stay text. Refuses what is not well-formed and
 * every document type; `file` names the problems.
 */
export function readXmlInfo(text: string, file: string): ReadInfo {
  const elements = readXmlElements(text.replace(/^\ufeff/, ""), file);
  if (elements.kind === "problems") return elements;
  const seen = new Set<InfoKey>();
  const read = elements.value.flatMap((element) => readElement(element, seen));
  const faults = read.filter((one) => "wrong" in one);
  const fields = read.filter((one) => "value" in one);
  const problems = faults.map((fault) => ({ file, ...fault }));
  const own = elements.value.flatMap(({ name: key, line }) =>
    infoKey(key) === undefined ? [{ key, line }] : [],
  );
  const notes = elements.value.flatMap((element) => emptyElements(element, file));
  return asReadInfo(fields, problems, { own, notes });
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

interface Fault {
  readonly line: number;
  readonly key: InfoKey;
  readonly wrong: string;
  readonly right: string;
}

function readElement(element: XmlElement, seen: Set<InfoKey>): [InfoField | Fault] | [] {
  const key = infoKey(element.name);
  if (key === undefined) return [];
  const place = { key, line: element.line };
  if (seen.has(key) && key !== "e_mail") {
    return [{ ...place, wrong: "is given again", right: "should be given once" }];
  }
  seen.add(key);
  if (element.hasElements) {
    return [{ ...place, wrong: "has elements inside", right: "should have text or a value attribute" }];
  }
  const question = key === "script" ? askForValue(element) : undefined;
  if (question !== undefined) return [{ ...place, wrong: "is empty", right: question }];
  return [{ ...place, ...valueIn(element) }];
}

/** The `value` attribute, or else the text between the tags. */
function valueIn({ values, texts }: XmlElement): { value: string } | Pick<Fault, "wrong" | "right"> {
  const between = decodeXml(texts);
  const [attribute, another] = values;
  if (attribute === undefined || (another === undefined && attribute.trim() === ""))
    return { value: between };
  if (another !== undefined || between.trim() !== "") {
    return { wrong: "is given twice in one element", right: "should have either a value attribute or text" };
  }
  return { value: decodeXml([{ kind: "attribute", text: attribute }]) };
}
