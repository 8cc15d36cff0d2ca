import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkSecondLook, checkSynchronised } from "../../../src/cli/doctor/shared-folder.ts";
import { scratchFolder } from "../../support/scratch.ts";

let folder = "";
beforeEach(() => {
  folder = scratchFolder();
});
afterEach(() => vi.restoreAllMocks());

const NFS = 0x6969;

function mountByNetwork(): void {
  const statfs = fs.statfsSync;
  vi.spyOn(fs, "statfsSync").mockImplementation(((place: fs.PathLike) =>
    Object.assign(statfs(place), { type: NFS })) as typeof fs.statfsSync);
}

describe("a second look", () => {
  it("is not tried on a disk of this machine", () => {
    expect(checkSecondLook(folder)).toEqual([]);
  });

  it("finds a rename on a network mount, and leaves nothing behind", () => {
    mountByNetwork();
    expect(checkSecondLook(folder)).toMatchObject([{ level: "ok" }]);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("fails where the listing stays as it was", () => {
    mountByNetwork();
    vi.spyOn(fs, "readdirSync").mockReturnValue([]);
    expect(checkSecondLook(folder)).toMatchObject([{ level: "fail" }]);
  });

  it("fails where nothing can be renamed", () => {
    mountByNetwork();
    vi.spyOn(fs, "renameSync").mockImplementation(() => {
      throw Object.assign(new Error("no"), { code: "EPERM" });
    });
    expect(checkSecondLook(folder)).toMatchObject([
      { level: "fail", text: expect.stringContaining("EPERM") },
    ]);
  });
});

describe("a folder that a program keeps equal on several machines", () => {
  it.each([
    ["Syncthing", ".stfolder/"],
    ["Dropbox", ".dropbox"],
    ["Dropbox", ".dropbox.cache/"],
  ])("is refused: %s, by %s somewhere above", (name, mark) => {
    const queue = path.join(folder, "lab", "QM");
    fs.mkdirSync(queue, { recursive: true });
    if (mark.endsWith("/")) fs.mkdirSync(path.join(folder, mark));
    else fs.writeFileSync(path.join(folder, mark), "");
    expect(checkSynchronised(queue)).toMatchObject([{ level: "fail", text: expect.stringContaining(name) }]);
  });

  it("is none for the settings of Dropbox in a home", () => {
    fs.mkdirSync(path.join(folder, ".dropbox"));
    expect(checkSynchronised(folder)).toEqual([]);
  });
});
