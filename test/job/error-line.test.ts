import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorLine } from "../../src/job/error-line.ts";
import { LOG_ENDINGS, SILENT_ENDINGS } from "../plan/log-endings.ts";

describe("the line that tells why a job ended", () => {
  it.each(LOG_ENDINGS)("of %s is found, also once the manager has ended the log", (_, log, expected) => {
    expect(errorLine(log)).toBe(expected);
    expect(errorLine(`${log}\n[QM] ended 2026-11-30: failed, ${expected} (exit code 1)\n`)).toBe(expected);
  });

  it.each(SILENT_ENDINGS)("is none where there is only %s", (_, log) =>
    expect(errorLine(log)).toBeUndefined(),
  );

  it("is found in a line that begins with a thousand dots and ends with a megabyte", () => {
    const log = `${".".repeat(1000)}Error: ${"xy".repeat(500_000)}`;
    expect(errorLine(log)).toMatch(/^Error: (xy){70,}…$/);
  });

  it("is nearer words of trouble, where an error stands far above", () => {
    const log = `ERROR: the first try was in vain\n${"working\n".repeat(100)}the mesh does not close\n`;
    expect(errorLine(log)).toBe("the mesh does not close");
  });

  it("never steers a terminal or floods a line, whatever the log holds", () => {
    const log = fc.array(
      fc.oneof(fc.string({ unit: "binary" }), fc.constant("\u202eError: \u0000\n"), fc.constant("\r")),
    );
    fc.assert(
      fc.property(log, (parts) => {
        const line = errorLine(parts.join("")) ?? "";
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
        expect(Array.from(line).length).toBeLessThanOrEqual(160);
      }),
      { numRuns: 30 },
    );
  });
});
