import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Admission, Admissions } from "../../../src/queue/intake/admissions.ts";
import { scratchFolder } from "../../support/scratch.ts";
import { admission } from "../admission.ts";

let journal = "";

beforeEach(() => {
  journal = path.join(scratchFolder(), "admissions.jsonl");
});

function admit(admissions: Admissions, name: string, changes: Partial<Admission> = {}): Admission {
  const admitted = admission(name, { place: admissions.lastPlace(), ...changes });
  admissions.set(admitted);
  return admitted;
}

function journalLines(): number {
  return fs.readFileSync(journal, "utf8").split("\n").length - 1;
}

describe("the places of waiting jobs", () => {
  it("are given one behind the other", () => {
    const admissions = new Admissions(journal);
    const places = ["a", "b", "c"].map((name) => admit(admissions, name).place);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(new Set(places).size).toBe(3);
  });

  it("may be before all others, again and again", () => {
    const admissions = new Admissions(journal);
    const { place } = admit(admissions, "a");
    expect(admissions.firstPlace()).toBeLessThan(place);
    const top = admit(admissions, "b", { place: admissions.firstPlace() });
    expect(admissions.firstPlace()).toBeLessThan(top.place);
    expect(admissions.lastPlace()).toBeGreaterThan(place);
  });

  it("are not given a second time when a job has left, as it may come back to its own", () => {
    const admissions = new Admissions(journal);
    const claimed = admit(admissions, "claimed");
    admissions.keepOnly(new Set());
    expect(admissions.lastPlace()).toBeGreaterThan(claimed.place);
  });
});

describe("what is known of a waiting job", () => {
  it("is the latest that was set", () => {
    const admissions = new Admissions(journal);
    admit(admissions, "job");
    admissions.set(admission("job", { place: -5, sentToTop: true }));
    expect(admissions.get("job")).toMatchObject({ place: -5, sentToTop: true });
  });

  it("is nothing once it is deleted, or its folder is no longer in the queue", () => {
    const admissions = new Admissions(journal);
    for (const name of ["withdrawn", "claimed", "waiting"]) admit(admissions, name);
    admissions.delete("withdrawn");
    admissions.keepOnly(new Set(["waiting", "somebody else's"]));
    expect(["withdrawn", "claimed", "waiting"].map((name) => admissions.get(name)?.name)).toEqual([
      undefined,
      undefined,
      "waiting",
    ]);
  });
});

describe("after a restart", () => {
  it("everything is known as before", () => {
    const before = new Admissions(journal);
    const a = admit(before, "a");
    const strange = admit(before, 'line\nbreak "quoted" é');
    admit(before, "c");
    const top = { ...admission("c"), place: before.firstPlace(), sentToTop: true };
    before.set(top);
    const after = new Admissions(journal);
    expect([after.get("a"), after.get(strange.name), after.get("c")]).toEqual([a, strange, top]);
    expect(after.lastPlace()).toBe(before.lastPlace());
  });

  it("a job that was taken out meanwhile is not taken for waiting since then", () => {
    const before = new Admissions(journal);
    admit(before, "job");
    before.delete("job");
    expect(new Admissions(journal).get("job")).toBeUndefined();
  });

  it("what still arrived keeps its place, until it is admitted or leaves", () => {
    const before = new Admissions(journal);
    before.reserve(["a", "b", "c"]);
    before.delete("a");
    before.set(admission("c", { place: 3 }));
    const after = new Admissions(journal);
    expect(["a", "b", "c"].map((name) => after.placeOf(name))).toEqual([undefined, 2, 3]);
    after.delete("c");
    expect(after.placeOf("c")).toBeUndefined();
    after.reserve(["d"]);
    expect(after.placeOf("d")).toBe(4);
    after.keepOnly(new Set(["d"]));
    expect(new Admissions(journal).placeOf("b")).toBeUndefined();
  });

  it("begins empty where there is no journal, or none that can be read", () => {
    expect(new Admissions(journal).get("job")).toBeUndefined();
    fs.mkdirSync(journal);
    expect(new Admissions(journal).lastPlace()).toBe(1);
  });

  it("passes over lines that are torn or strange, and keeps the others", () => {
    const line = JSON.stringify(admission("whole"));
    fs.writeFileSync(journal, `{"name":"to\n${line}\nnull\n[]\n\n{"name":"torn"`);
    const admissions = new Admissions(journal);
    expect(admissions.get("whole")).toEqual(admission("whole"));
    expect(admissions.get("torn")).toBeUndefined();
  });

  it("knows what was set after a crash had torn the last line", () => {
    fs.writeFileSync(journal, '{"name":"torn"');
    admit(new Admissions(journal), "next");
    expect(new Admissions(journal).get("next")?.name).toBe("next");
  });
});

describe("the journal", () => {
  it("does not grow for ever, and loses nothing when it is written anew", () => {
    const before = new Admissions(journal);
    for (const name of ["a", "b"]) admit(before, name);
    before.reserve(["arriving"]);
    for (let change = 1; change <= 1500; change += 1) before.set(admission("a", { place: change }));
    expect(journalLines()).toBeLessThan(1100);
    const after = new Admissions(journal);
    expect(after.get("a")?.place).toBe(1500);
    expect(after.get("b")?.place).toBe(2);
    expect(after.placeOf("arriving")).toBe(3);
  });

  it("is not needed: while it cannot be written the places are kept in memory, and later it makes up for it", () => {
    fs.mkdirSync(journal);
    const before = new Admissions(journal);
    admit(before, "a");
    expect(before.get("a")?.place).toBe(1);
    fs.rmdirSync(journal);
    admit(before, "b");
    const after = new Admissions(journal);
    expect([after.get("a")?.place, after.get("b")?.place]).toEqual([1, 2]);
  });
});
