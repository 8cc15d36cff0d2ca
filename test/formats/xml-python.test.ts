import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readXmlInfo } from "../../src/formats/xml.ts";
import { infoKey } from "../../src/job/info-key.ts";
import { tries } from "../support/chance.ts";
import { askPython } from "../support/python-batch.ts";
import { toolOrSkip } from "../support/tools.ts";

const FILES = tries(10_000);

interface Element {
  name: string;
  values: string[];
  text: string;
  nested: boolean;
}
type Reading = { error: string } | { elements: Element[] };

const part = fc.constantFrom(
  "a",
  "1",
  "007",
  "&amp;",
  "&lt;",
  "&#65;",
  "&#x42;",
  "&quot;",
  " ",
  "\n",
  "\t",
  "é",
  "😀",
  "/",
  "=",
  "&",
  "<",
  ">",
  "]]>",
  "'",
  "&foo;",
  "&#0;",
  "&#xD800;",
  "&#x110000;",
  "--",
);
const value = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(""));
const name = fc.constantFrom(
  "script",
  "nb_proc",
  "Size",
  "e-mail",
  "info",
  "SCRIPT",
  "x",
  "b",
  "text",
  "constructor",
  "__proto__",
  "hasOwnProperty",
  "value",
);
const content = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.oneof(
      fc.tuple(name, value).map(([n, v]) => `<${n} value="${v}"/>`),
      fc.tuple(name, value).map(([n, v]) => `<${n} VALUE='${v}' />`),
      fc.tuple(name, value).map(([n, v]) => `<${n}>${v}</${n}>`),
      fc.tuple(name, value, value).map(([n, v, w]) => `<${n} value='${v}'>${w}</${n}>`),
      fc.tuple(name, value).map(([n, v]) => `<${n}><![CDATA[${v}]]></${n} >`),
      fc.tuple(name, value, name).map(([n, v, m]) => `<${n}>${v}<${m}/>${v}</${n}>`),
    ),
  },
  { weight: 1, arbitrary: value.map((v) => `<!-- ${v} -->`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "<?pi x?>",
      "<?xml version='1.0'?>",
      "<!DOCTYPE a>",
      "<!ENTITY a 'b'>",
      "<!x>",
      "<a>",
      "</a>",
      "\x01",
      "<![CDATA[",
      "]]>",
      "<!--",
      "-->",
      "text",
      "\n",
      "<b a='1' a='2'/>",
      "<b a=1/>",
      "<b c/>",
      "<",
      "<b",
      "<b/><",
      "<a:b/>",
      "<1/>",
      "<x y='1'z='2'/>",
      "<x / >",
      "<x/ y='1'>",
      "<x y = '1'/>",
      "</>",
      "<>",
    ),
  },
);
const before = fc.constantFrom(
  "",
  "",
  "",
  "<?xml version='1.0'?>\n",
  "\n",
  "<!-- c -->",
  "x",
  "<b/>",
  "\ufeff",
);
const after = fc.constantFrom(
  "",
  "",
  "",
  "",
  "\n",
  "<!-- c -->",
  "x",
  "<b/>",
  "<![CDATA[x]]>",
  "<?p ?>",
  "</r>",
);
const xmlFile = fc
  .tuple(before, fc.array(content, { maxLength: 4 }), after)
  .map(([head, contents, tail]) => `${head}<r>${contents.join("")}</r>${tail}`);

describe.runIf(toolOrSkip("python3"))("readXmlInfo beside expat", () => {
  it(`reads ${FILES} files as expat does, and refuses those that it refuses`, () => {
    const texts = fc.sample(xmlFile, { numRuns: FILES, seed: 20260 });
    const python = askPython<Reading>("expat_batch.py", texts);
    const different = texts.flatMap((text, index) => {
      const ours = readHere(text);
      const expected = expectedFields(python[index] as Reading);
      return JSON.stringify(ours) === JSON.stringify(expected) ? [] : [{ text, ours, expected }];
    });
    expect(different.slice(0, 3)).toEqual([]);
    expect(python.filter((one) => "elements" in one).length).toBeGreaterThan(FILES / 8);
  });
});

function readHere(text: string): unknown {
  const read = readXmlInfo(text, "infos.xml");
  return read.problems.length === 0 ? read.fields?.map(({ key, value: given }) => [key, given]) : "refused";
}

/** The elements by the info file's own rules: ambiguous ones are refused too. */
function expectedFields(reading: Reading): unknown {
  if ("error" in reading) return "refused";
  const known = reading.elements.filter((element) => infoKey(element.name) !== undefined);
  const once = known.map((element) => infoKey(element.name)).filter((key) => key !== "e_mail");
  const isTwice = ({ values, text }: Element) => (values[0] ?? "").trim() !== "" && text.trim() !== "";
  const isAmbiguous = known.some((element) => element.nested || isTwice(element));
  if (isAmbiguous || new Set(once).size < once.length) return "refused";
  return known.map(({ name: written, values, text }) => {
    const attribute = values[0] ?? "";
    return [infoKey(written), attribute.trim() === "" ? text : attribute];
  });
}
