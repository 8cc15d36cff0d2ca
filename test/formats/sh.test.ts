import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readShInfo } from "../../src/formats/sh.ts";
import { costOfTenfold } from "../support/cost.ts";

function fieldsOf(text: string, file = "job.sh") {
  const read = readShInfo(text, file);
  return read.problems.length === 0 ? read.fields?.map(({ key, value }) => [key, value]) : read.problems;
}

describe("readShInfo", () => {
  it("reads the three forms of an option, and dashes in keys", () => {
    const text =
      "#!/bin/sh\n#QM nb_proc=4\n#QM --time-limit 2h30m\n#QM --e-mail=a@lab\r\n#QM  Priority = 3\necho hi\n";
    expect(fieldsOf(text)).toEqual([
      ["script", "./job.sh"],
      ["nb_proc", "4"],
      ["time_limit", "2h30m"],
      ["e_mail", "a@lab"],
      ["priority", "3"],
    ]);
  });

  it("reads directives anywhere in the file, but only at the beginning of a line", () => {
    const text = "echo\n#QM size=1\n #QM size=2\n# QM size=3\n#QMsize=4\n#qm size=5\necho #QM size=6\n";
    expect(fieldsOf(text)).toEqual([
      ["script", "./job.sh"],
      ["size", "1"],
    ]);
  });

  it("takes the rest of the line as the value, and one pair of quotes off", () => {
    const text =
      '#QM info=a = b --size 3 # c\n#QM --info "two words"\n#QM info=\'it is\'\n#QM info="a" "b"\n#QM info="open\n#QM --info\n';
    expect(fieldsOf(text)).toEqual([
      ["script", "./job.sh"],
      ["info", "a = b --size 3 # c"],
      ["info", "two words"],
      ["info", "it is"],
      ["info", '"a" "b"'],
      ["info", '"open'],
      ["info", ""],
    ]);
  });

  it("tells the line of each option", () => {
    const read = readShInfo("#!/bin/sh\r\n\r\n#QM size=1\n", "job.sh");
    expect(read.fields?.[1]).toEqual({ key: "size", value: "1", line: 3 });
  });

  it("ignores the user's own keys and empty directives", () => {
    expect(fieldsOf("#QM\n#QM  \n#QM mine=1\n#QM --colour\n")).toEqual([["script", "./job.sh"]]);
  });

  it("reports all lines that are no option, and a script given in the script", () => {
    expect(fieldsOf("#QM please be quick\n#QM script=./other\n#QM --script ./x\n")).toEqual([
      {
        file: "job.sh",
        line: 1,
        wrong: '"please be quick" is no option',
        right: "should be #QM key=value or #QM --key value",
      },
      expect.objectContaining({ line: 2, key: "script" }),
      expect.objectContaining({ line: 3, key: "script" }),
    ]);
  });

  it("names itself as one word for the shell, whatever its name", () => {
    const name = fc.oneof(
      fc.constantFrom("a b.sh", "it's.sh", "$(x).sh", "-n.sh", "a;b.sh", "é.sh", "~.sh", "a\nb.sh"),
      fc.string({ minLength: 1 }).filter((text) => !text.includes("\0")),
    );
    fc.assert(
      fc.property(name, (file) => {
        const [script] = fieldsOf("", file) as [string, string][];
        const shell = spawnSync("sh", ["-c", `printf %s ${script?.[1]}`], { encoding: "utf8" });
        expect(shell.stdout).toBe(`./${file}`);
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, (n: number) => string]>([
    ["directives", (n) => "#QM size=1\n".repeat(n)],
    ["spaces", (n) => `#QM ${" ".repeat(n)}--a${" ".repeat(n)}\n`],
    ["letters", (n) => `#QM ${"a".repeat(n)}\n`],
    ["quotes", (n) => `#QM size="${"'".repeat(n)}\n`],
  ])("reads many %s in a time that grows with their number", (_, make) => {
    expect(costOfTenfold(10_000, (n) => readShInfo(make(n), "job.sh"))).toBeLessThan(30);
  });
});
