import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Surveyor } from "../../../src/queue/intake/survey.ts";
import { asOrdinaryUser, fill, scratchFolder } from "../../support/scratch.ts";
import { until } from "../../support/until.ts";
import { surveyFolder } from "../survey-folder.ts";

let root = "";

beforeEach(() => {
  root = fill(scratchFolder(), { "run.sh": "echo hi\n", "in/data": "12345", "in/sub/": "" });
});

afterEach(() => {
  vi.restoreAllMocks();
});

function fingerprint(): string {
  return surveyFolder(root).fingerprint;
}

/** Does something again and again until the file's times show it: they are coarse. */
async function untilTimesMove(relative: string, change: (file: string) => void): Promise<void> {
  const file = path.join(root, relative);
  const before = fs.lstatSync(file).ctimeMs;
  await until("the file's times to move", () => {
    change(file);
    return fs.lstatSync(file).ctimeMs !== before;
  });
}

describe("a survey", () => {
  it("counts what lies in the folder", () => {
    expect(surveyFolder(root)).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{40}$/),
      bytes: 13,
      files: 2,
      entries: 4,
    });
  });

  it("counts nothing in an empty folder", () => {
    expect(surveyFolder(scratchFolder())).toMatchObject({ bytes: 0, files: 0, entries: 0 });
  });

  it.each(["data.part", ".data.A1b2C3", "in/sub/data.filepart"])(
    "tells the first name that shows a copy still going on: %s",
    (name) => {
      fill(root, { [name]: "", "z.part": "" });
      expect(surveyFolder(root).copyInProgress).toBe(name);
    },
  );

  it("does not take a folder's own ending for that of a file in it", () => {
    fill(root, { "a.part.d/file": "" });
    expect(surveyFolder(root)).not.toHaveProperty("copyInProgress");
  });

  it("throws where the folder cannot be read at all", () => {
    expect(() => surveyFolder(path.join(root, "nothing"))).toThrow("ENOENT");
    fs.chmodSync(root, 0);
    expect(() => asOrdinaryUser(() => surveyFolder(root))).toThrow("EACCES");
  });
});

describe("the fingerprint stays the same", () => {
  it("as long as nothing changes, and when the folder is renamed", () => {
    const before = fingerprint();
    expect(fingerprint()).toBe(before);
    const renamed = path.join(scratchFolder(), "renamed");
    fs.renameSync(root, renamed);
    expect(surveyFolder(renamed).fingerprint).toBe(before);
  });

  it("in whatever order the file system lists the names", () => {
    const before = fingerprint();
    const { readdirSync } = fs;
    vi.spyOn(fs, "readdirSync").mockImplementation(((folder: Buffer, options: { encoding: "buffer" }) =>
      readdirSync(folder, options).toReversed()) as unknown as typeof readdirSync);
    expect(fingerprint()).toBe(before);
  });

  it("when the folder's own times move", () => {
    const before = fingerprint();
    fs.utimesSync(root, 1, 2);
    fs.chmodSync(root, 0o700);
    expect(fingerprint()).toBe(before);
  });

  it.each(["QM_READY", "QM_HOLD", "QM_TOP", "QM_KILL", "qm_hold", "Qm_Kill.TXT"])(
    "when somebody makes the request %s",
    (name) => {
      const before = surveyFolder(root);
      fill(root, { [name]: "ann\n" });
      expect(surveyFolder(root)).toEqual(before);
    },
  );

  it("when it is taken a little at a time", () => {
    fill(root, Object.fromEntries(Array.from({ length: 200 }, (_, number) => [`many/${number}`, "x"])));
    const surveyor = new Surveyor(root);
    const slices = [surveyor.advance(0)];
    while (slices.at(-1) === undefined) slices.push(surveyor.advance(0));
    expect(slices.length).toBeGreaterThan(3);
    expect(slices.at(-1)).toEqual(surveyFolder(root));
  });
});

describe("the fingerprint changes", () => {
  it.each<[string, () => void]>([
    ["a file is added", () => fill(root, { "in/sub/new": "" })],
    ["an empty folder is added", () => fill(root, { "new/": "" })],
    ["a file is removed", () => fs.rmSync(path.join(root, "run.sh"))],
    ["a file grows", () => fs.appendFileSync(path.join(root, "in/data"), "6")],
    ["a file is renamed", () => fs.renameSync(path.join(root, "in/data"), path.join(root, "in/datb"))],
    [
      "a file is moved into another folder",
      () => fs.renameSync(path.join(root, "in/data"), path.join(root, "in/sub/data")),
    ],
    ["a file's mtime moves", () => fs.utimesSync(path.join(root, "in/data"), 1, 2)],
    [
      "a file becomes a folder",
      () => {
        fs.rmSync(path.join(root, "run.sh"));
        fs.mkdirSync(path.join(root, "run.sh"));
      },
    ],
    [
      "a file becomes a link",
      () => {
        fs.rmSync(path.join(root, "run.sh"));
        fs.symlinkSync("in/data", path.join(root, "run.sh"));
      },
    ],
    ["a file of a request's name is added further down", () => fill(root, { "in/QM_READY": "" })],
    ["a file of nearly a request's name is added", () => fill(root, { "qm_top.pdb": "" })],
    [
      "a file of a request's name is added that is too long for one",
      () => fill(root, { QM_TOP: "x".repeat(5000) }),
    ],
    ["a folder of a request's name is added", () => fill(root, { "qm_hold/": "" })],
  ])("when %s", (_, change) => {
    const before = fingerprint();
    change();
    expect(fingerprint()).not.toBe(before);
  });

  it("when a file is written anew with the same size and its old mtime, as rsync and cp -a do", async () => {
    const file = path.join(root, "in/data");
    fs.utimesSync(file, 1000, 2000);
    const before = fingerprint();
    await untilTimesMove("in/data", () => {
      fs.writeFileSync(file, "54321");
      fs.utimesSync(file, 1000, 2000);
    });
    expect(fs.statSync(file).mtimeMs).toBe(2_000_000);
    expect(fingerprint()).not.toBe(before);
  });

  it("when a file's permissions change", async () => {
    const before = fingerprint();
    await untilTimesMove("run.sh", (file) => fs.chmodSync(file, 0o700));
    expect(fingerprint()).not.toBe(before);
  });

  it("when a folder inside can no longer be read, or can be again", () => {
    const open = asOrdinaryUser(fingerprint);
    fs.chmodSync(path.join(root, "in"), 0);
    const closed = asOrdinaryUser(fingerprint);
    expect(closed).not.toBe(open);
    fs.chmodSync(path.join(root, "in"), 0o755);
    expect(asOrdinaryUser(fingerprint)).not.toBe(closed);
  });

  it("when a name that is not UTF-8 becomes another one that reads alike", () => {
    const named = (byte: number) => Buffer.concat([Buffer.from(`${root}/x`), Buffer.from([byte])]);
    fs.writeFileSync(named(0xfc), "");
    fs.utimesSync(named(0xfc), 1, 2);
    const before = fingerprint();
    fs.renameSync(named(0xfc), named(0xfd));
    expect(fingerprint()).not.toBe(before);
  });
});
