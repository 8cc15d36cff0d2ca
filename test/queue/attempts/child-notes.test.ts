import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createChildNote, readChildNote, writeChildNote } from "../../../src/queue/attempts/child-notes.ts";
import { scratchFolder } from "../../support/scratch.ts";

const NOTE = { version: 1 as const, name: "all.lab1", copy: ".qm-child-r-0-x.part", identity: "1:2" };

describe("the note of a child", () => {
  it("is made once, and written anew", () => {
    const place = { folder: scratchFolder(), at: 0 };
    expect(readChildNote(place)).toBeUndefined();
    createChildNote(place, NOTE);
    expect(readChildNote(place)).toEqual(NOTE);
    expect(() => createChildNote(place, { ...NOTE, copy: "another manager's" })).toThrow("EEXIST");
    const ended = { ...NOTE, end: { state: "failed" as const, reason: "exit code 3", exitCode: 3 } };
    writeChildNote(place, ended);
    expect(readChildNote(place)).toEqual(ended);
    expect(readChildNote({ ...place, at: 1 })).toBeUndefined();
  });

  it("counts for none where it was cut short, and is made then", () => {
    const place = { folder: scratchFolder(), at: 0 };
    for (const torn of ["", JSON.stringify(NOTE).slice(0, 20)]) {
      fs.writeFileSync(path.join(place.folder, "child.0.json"), torn);
      expect(readChildNote(place)).toBeUndefined();
    }
    createChildNote(place, NOTE);
    expect(readChildNote(place)).toEqual(NOTE);
  });

  it("is never taken for none where it is whole and not understood", () => {
    const place = { folder: scratchFolder(), at: 0 };
    fs.writeFileSync(path.join(place.folder, "child.0.json"), '{"version":2}');
    expect(() => readChildNote(place)).toThrow("is no note of a child");
  });
});
