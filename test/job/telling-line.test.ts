import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tellingLine } from "../../src/job/telling-line.ts";
import { LOG_ENDINGS, SILENT_ENDINGS } from "../plan/log-endings.ts";

describe("the line that tells why a job ended", () => {
  it.each(LOG_ENDINGS)("of %s is found, also once the manager has ended the log", (_, log, telling) => {
    expect(tellingLine(log)).toBe(telling);
    expect(tellingLine(`${log}\n[QM] ended 2026-11-30: failed, ${telling} (exit code 1)\n`)).toBe(telling);
  });

  it.each(SILENT_ENDINGS)("is none where there is only %s", (_, log) =>
    expect(tellingLine(log)).toBeUndefined(),
  );

  it("is found in a line that begins with a thousand dots and ends with a megabyte", () => {
    const log = `${".".repeat(1000)}Error: ${"xy".repeat(500_000)}`;
    expect(tellingLine(log)).toMatch(/^Error: (xy){70,}…$/);
  });

  it("is nearer words of trouble, where an error stands far above", () => {
    const log = `ERROR: the first try was in vain\n${"working\n".repeat(100)}the mesh does not close\n`;
    expect(tellingLine(log)).toBe("the mesh does not close");
  });

  it("never steers a terminal or floods a line, whatever the log holds", () => {
    const log = fc.array(
      fc.oneof(fc.string({ unit: "binary" }), fc.constant("\u202eError: \u0000\n"), fc.constant("\r")),
    );
    fc.assert(
      fc.property(log, (parts) => {
        const telling = tellingLine(parts.join("")) ?? "";
        expect(telling).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
        expect(Array.from(telling).length).toBeLessThanOrEqual(160);
      }),
      { numRuns: 30 },
    );
  });
});
