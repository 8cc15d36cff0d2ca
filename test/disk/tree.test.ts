import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { walkTree } from "../../src/disk/tree.ts";
import { asOrdinaryUser, fill, makeFifo, scratchFolder } from "../support/scratch.ts";

let root = "";

beforeEach(() => {
  root = scratchFolder();
});

afterEach(() => {
  vi.restoreAllMocks();
});

function walked(folder: string | Buffer = root): string[] {
  return [...walkTree(folder)].map(({ path: relative, type }) => `${type} ${relative.toString("latin1")}`);
}

describe("everything below a folder", () => {
  it("comes depth first, sorted by bytes, whatever the order it was made in", () => {
    const files = ["b/z", "b/a", "b.txt", "B", "a/é", "a/f"];
    for (const file of files) fill(root, { [file]: "" });
    const other = scratchFolder();
    for (const file of files.toReversed()) fill(other, { [file]: "" });
    const expected = [
      "file B",
      "folder a",
      "file a/f",
      "file a/Ã©",
      "folder b",
      "file b/a",
      "file b/z",
      "file b.txt",
    ];
    expect(walked()).toEqual(expected);
    expect(walked(other)).toEqual(expected);
  });

  it("comes with its size and times; only files have a size", () => {
    fill(root, { "in/file": "12345" });
    fs.utimesSync(path.join(root, "in/file"), 1000, 2000);
    const [folder, file] = [...walkTree(root)];
    expect(folder).toMatchObject({ type: "folder", bytes: 0 });
    expect(file).toMatchObject({ type: "file", bytes: 5, mtimeMs: 2_000_000 });
    expect(file?.ctimeMs).toBe(fs.statSync(path.join(root, "in/file")).ctimeMs);
  });

  it("is nothing in an empty folder", () => expect(walked()).toEqual([]));

  it("does not go beyond links, even those that lead back", () => {
    fill(root, { "in/file": "" });
    fs.symlinkSync("..", path.join(root, "in", "up"));
    fs.symlinkSync("/etc", path.join(root, "etc"));
    expect(walked()).toEqual(["link etc", "folder in", "file in/file", "link in/up"]);
  });

  it("may be neither file nor folder nor link", () => {
    makeFifo(path.join(root, "fifo"));
    expect(walked()).toEqual(["other fifo"]);
  });

  it("may lie a hundred folders deep", () => {
    const deep = Array.from({ length: 100 }, (_, level) => `level ${level}`).join("/");
    fill(root, { [`${deep}/file`]: "x" });
    const entries = walked();
    expect(entries).toHaveLength(101);
    expect(entries.at(-1)).toBe(`file ${deep}/file`);
  });

  it("may have names that are not UTF-8, which come as their bytes", () => {
    const name = Buffer.from([0x66, 0xfc, 0x72]);
    fs.mkdirSync(Buffer.concat([Buffer.from(`${root}/`), name]));
    fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name, Buffer.from("/"), name]), "x");
    expect(walked()).toEqual(["folder f\xfcr", "file f\xfcr/f\xfcr"]);
    const below = Buffer.concat([Buffer.from(`${root}/`), name]);
    expect(walked(below)).toEqual(["file f\xfcr"]);
  });

  it("may be hundreds of thousands of files in one folder", () => {
    fill(root, { "many/first": "" });
    const { readdirSync } = fs;
    const names = Array.from({ length: 300_000 }, (_, number) => Buffer.from(`vanished ${number}`));
    vi.spyOn(fs, "readdirSync").mockImplementation(((folder: Buffer, options: { encoding: "buffer" }) => {
      const found = readdirSync(folder, options);
      return folder.toString().endsWith("/many") ? [...names, ...found] : found;
    }) as unknown as typeof readdirSync);
    expect(walked()).toEqual(["folder many", "file many/first"]);
  });
});

describe("what cannot be read", () => {
  it("appears as such, and keeps nothing else from being seen", () => {
    fill(root, { "a/file": "", "closed/file": "", "z/file": "" });
    fs.chmodSync(path.join(root, "closed"), 0);
    expect(asOrdinaryUser(() => walked())).toEqual([
      "folder a",
      "file a/file",
      "folder closed",
      "unreadable closed",
      "folder z",
      "file z/file",
    ]);
  });

  it("appears as such where the names may be listed and no more", () => {
    fill(root, { "listed/file": "" });
    fs.chmodSync(path.join(root, "listed"), 0o444);
    expect(asOrdinaryUser(() => walked())).toEqual(["folder listed", "unreadable listed/file"]);
  });

  it("throws where it is the folder itself, or there is none", () => {
    fs.chmodSync(root, 0);
    expect(() => asOrdinaryUser(() => walked())).toThrow("EACCES");
    expect(() => walked(path.join(root, "nothing"))).toThrow("ENOENT");
  });
});

it("leaves out what vanishes during the walk", () => {
  fill(root, { a: "", b: "", "c/file": "" });
  const walk = walkTree(root);
  expect(walk.next().value?.path.toString()).toBe("a");
  fs.rmSync(path.join(root, "b"));
  expect(walk.next().value?.path.toString()).toBe("c");
  fs.rmSync(path.join(root, "c"), { recursive: true });
  expect(walk.next().done).toBe(true);
});
