import { describe, expect, it } from "vitest";
import { readXmlInfo } from "../../src/formats/xml.ts";
import { costOfTenfold } from "../support/cost.ts";

function fieldsOf(text: string) {
  const read = readXmlInfo(text, "infos.xml");
  return read.problems.length === 0
    ? Object.fromEntries((read.fields ?? []).map(({ key, value }) => [key, value]))
    : read.problems;
}

function problemsOf(text: string) {
  return readXmlInfo(text, "infos.xml").problems;
}

describe("readXmlInfo", () => {
  it("reads value attributes and text, whatever the root is called", () => {
    const text =
      '<?xml version="1.0"?>\n<PARAMETER>\n  <script value="./run 1"/>\n  <nb_proc>4</nb_proc>\n</PARAMETER>\n';
    expect(fieldsOf(text)).toEqual({ script: "./run 1", nb_proc: "4" });
  });

  it("takes names in any case, and e-mail for e_mail", () => {
    expect(fieldsOf('<r><Script VALUE="a"/><E-Mail value="me@lab"/></r>')).toEqual({
      script: "a",
      e_mail: "me@lab",
    });
  });

  it("keeps values as text", () => {
    expect(fieldsOf('<r><size>007</size><info>true</info><nb_proc value="0x10"/></r>')).toEqual({
      size: "007",
      info: "true",
      nb_proc: "0x10",
    });
  });

  it("decodes the standard and numeric references once, and takes CDATA literally", () => {
    const text = "<r><script>a &amp;&amp; b &lt; &#65;&#x42; &amp;lt; <![CDATA[&& <x>&lt;]]></script></r>";
    expect(fieldsOf(text)).toEqual({ script: "a && b < AB &lt; && <x>&lt;" });
  });

  it("tells the line of each option, with any line ends and a byte-order mark", () => {
    const read = readXmlInfo(
      "\ufeff<r>\r\n<script>a</script>\r<!-- \n -->\n<size value='1'/></r>",
      "infos.xml",
    );
    expect(read.fields?.map(({ line }) => line)).toEqual([2, 5]);
  });

  it("ignores the user's own elements, their attributes and what lies in them", () => {
    const text =
      '<r a="1"><mine><script value="no"/></mine><constructor value="x"/><__proto__ value="y"/><text>t</text><script __proto__="1" constructor="2" value="yes"/></r>';
    expect(fieldsOf(text)).toEqual({ script: "yes" });
  });

  it.each([
    ["has the option twice", "<r><nb_proc>1</nb_proc>\n<nb_proc>2</nb_proc></r>", 2],
    ["has attribute and text", '<r><nb_proc value="1">2</nb_proc></r>', 1],
    ["has two value attributes", '<r><nb_proc value="1" VALUE="2"/></r>', 1],
    ["has elements inside an option", "<r><script><b/></script></r>", 1],
  ])("refuses a file that %s, with key and line", (_, text, line) => {
    expect(problemsOf(text)).toMatchObject([{ file: "infos.xml", line, key: expect.any(String) }]);
  });

  const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
    "\n",
  );

  it.each([
    ["a billion laughs", `<!DOCTYPE r [<!ENTITY l0 "lol">\n${laughs}]>\n<r><script>&l9;</script></r>`, 1],
    [
      "an external entity",
      '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><script>&x;</script></r>',
      1,
    ],
    ["a document type alone", "<?xml version='1.0'?>\n<!DOCTYPE r><r><script>a</script></r>", 2],
    ["a document type in lower case", "<!doctype r><r><script>a</script></r>", 1],
    ["an entity declared inside", "<r><!ENTITY x 'y'><script>a</script></r>", 1],
    ["an unknown entity", "<r>\n<script>&nbsp;</script></r>", 2],
    ["a bare ampersand in an attribute", '<r>\n<script value="a && b"/></r>', 2],
    ["a bare < in an attribute", '<r><script value="a < b"/></r>', 1],
    ["an unclosed tag", "<r><script>a</r>", 1],
    ["an unclosed root", "<r><script>a</script>", 1],
    ["mismatched tags", "<r><script>a</b></script></r>", 1],
    ["a truncated tag", '<r><script value="a', 1],
    ["a truncated comment", "<r><script>a</script><!-- ", 1],
    ["a truncated CDATA section", "<r><script><![CDATA[a</script></r>", 1],
    ["a truncated instruction", "<r/><?pi ", 1],
    ["two roots", "<r><script>a</script></r>\n<r/>", 2],
    ["two empty roots", "<a/><b/>", 1],
    ["text before the root", "x<r/>", 1],
    ["text after the root", "<r/>x", 1],
    ["an attribute without quotes", "<r><script value=a/></r>", 1],
    ["a NUL", "<r>\n<script>a\0b</script></r>", 2],
    ["a lone surrogate", "<r><script>\ud800</script></r>", 1],
    ["the number of NUL", "<r><script>&#0;</script></r>", 1],
    ["the number of a surrogate", "<r><script>&#xD800;</script></r>", 1],
    ["a number beyond Unicode", "<r><script>&#99999999;</script></r>", 1],
    ["a late declaration", "<r><?xml version='1.0'?></r>", 1],
    ["nothing", "", 1],
  ])("refuses %s, with its line", (_, text, line) => {
    expect(problemsOf(text)).toMatchObject([{ file: "infos.xml", line }]);
  });

  it("refuses elements nested 100,000 deep without running out of stack", () => {
    const deep = `${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}`;
    expect(problemsOf(deep)).toHaveLength(1);
    expect(problemsOf("<a>".repeat(100_000))[0]?.wrong.length).toBeLessThan(250);
  });

  it.each<[string, (n: number) => string]>([
    ["attributes", (n) => `<r ${Array.from({ length: n }, (_, i) => `a${i}="1"`).join(" ")}/>`],
    [
      "attributes and texts",
      (n) => `<r ${Array.from({ length: n }, (_, i) => `a${i}="1"`).join(" ")}>${"<b/>x".repeat(n)}</r>`,
    ],
    ["options", (n) => `<r>${"<size/>\n".repeat(n)}</r>`],
    ["opened comments", (n) => `<r>${"<!--".repeat(n)}`],
    ["opened CDATA sections", (n) => `<r>${"<![CDATA[".repeat(n)}`],
    ["opened quotes", (n) => `<r><script ${`a="b' `.repeat(n)}`],
    ["opened instructions", (n) => `<r>${"<?".repeat(n)}`],
    ["spaces in a tag", (n) => `<r><script${" ".repeat(n)}x${" ".repeat(n)}/></r>`],
    ["ampersands", (n) => `<r><script>${"&#".repeat(n)}</script></r>`],
    ["references", (n) => `<r><script>${"&amp;".repeat(n)}</script></r>`],
    ["end tags", (n) => `<r>${"</r>".repeat(n)}`],
    ["nested elements", (n) => `${"<a>".repeat(n)}${"</a>".repeat(n)}`],
  ])("reads many %s in a time that grows with their number", (_, make) => {
    expect(costOfTenfold(5_000, (n) => readXmlInfo(make(n), "infos.xml"))).toBeLessThan(30);
  });

  it("reads a tag with a thousand attributes, and refuses one with 100,000", () => {
    const tag = (count: number) =>
      `<script ${Array.from({ length: count - 1 }, (_, i) => `a${i}="="`).join(" ")} value="./run"/>`;
    expect(fieldsOf(`<r>${tag(1000)}</r>`)).toEqual({ script: "./run" });
    expect(problemsOf(`<r>\n${tag(100_000)}</r>`)).toMatchObject([
      { line: 2, wrong: "has a tag with more than 1000 attributes" },
    ]);
  });
});
