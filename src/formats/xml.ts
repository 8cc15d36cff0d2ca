import type { InfoField } from "../core/info-check.ts";
import { type InfoKey, infoKey } from "../core/info-key.ts";
import { asReadInfo, type ReadInfo } from "../core/read-info.ts";
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
  return asReadInfo(fields, problems, { own });
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
