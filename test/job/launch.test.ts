import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endIntentSchema, launchSchema, parseShortEndIntent, shortEndIntent } from "../../src/job/launch.ts";
import { parseJson } from "../../src/text/parse-json.ts";
import { endIntent, info, launch } from "../plan/snapshots.ts";

describe("a launch read back", () => {
  it("is the launch that was written, with everything it may hold", () => {
    const full = launch("job", {
      processorIds: [0, 1],
      aheadOf: "head",
      info: info({ size: "big", timeLimitSeconds: 60, killGraceSeconds: 0, mailOn: ["start", "fail"] }),
    });
    for (const written of [launch("job"), full]) {
      expect(parseJson(launchSchema, JSON.stringify(written))).toEqual(written);
    }
  });

  it("keeps any name, command and description as they are", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (name, script, description) => {
        const written = launch(name, { info: info({ script, description }) });
        expect(parseJson(launchSchema, JSON.stringify(written))).toEqual(written);
      }),
    );
  });

  it("is none where the text was cut off anywhere", () => {
    const text = JSON.stringify(launch("job"));
    for (let length = 0; length < text.length; length += 1) {
      expect(parseJson(launchSchema, text.slice(0, length))).toBeUndefined();
    }
  });

  it.each([
    ["another version", { version: 2 }],
    ["no processors", { processors: 0 }],
    ["attempt 0", { attempt: 0 }],
    ["a negative processor", { processorIds: [-1] }],
    ["no info", { info: undefined }],
    ["a limit of 0", { info: { ...info(), timeLimitSeconds: 0 } }],
    ["an unknown moment for mails", { info: { ...info(), mailOn: ["always"] } }],
  ])("is none where it has %s", (_, changes) => {
    expect(parseJson(launchSchema, JSON.stringify({ ...launch("job"), ...changes }))).toBeUndefined();
  });
});

describe("the decision to end a run, read back", () => {
  it.each(["killed", "timed_out", "lost"] as const)("is the one that was written: %s", (kind) => {
    expect(parseJson(endIntentSchema, JSON.stringify(endIntent(kind)))).toEqual(endIntent(kind));
    expect(parseShortEndIntent(shortEndIntent(endIntent(kind), 59))).toEqual(endIntent(kind));
  });

  it("is the one that was written in few bytes, but for a long name", () => {
    const bootId = "01234567-89ab-cdef-0123-456789abcdef";
    const intent = { ...endIntent("killed", "qm stop --kill"), bootId, atUptimeSeconds: 9_999_998.51 };
    const text = shortEndIntent(intent, 59);
    expect(parseShortEndIntent(text)).toEqual(intent);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (by) => {
        const short = shortEndIntent({ ...intent, by }, 59);
        expect(Buffer.byteLength(short)).toBeLessThanOrEqual(59);
        const read = parseShortEndIntent(short);
        expect(read).toMatchObject({ kind: "killed", bootId });
        expect(by.replaceAll("\0", "").startsWith(read?.by ?? "none")).toBe(true);
      }),
    );
    expect(["", "k", "k12", "x12 boot ann"].map(parseShortEndIntent)).toEqual(Array(4).fill(undefined));
  });

  it.each([
    ["torn", JSON.stringify(endIntent("killed")).slice(0, 20)],
    ["empty", ""],
    ["of another kind", JSON.stringify({ ...endIntent("killed"), kind: "bored" })],
    ["of another version", JSON.stringify({ ...endIntent("killed"), version: 0 })],
  ])("is none where the text is %s", (_, text) => expect(parseJson(endIntentSchema, text)).toBeUndefined());
});
