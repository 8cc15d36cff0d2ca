import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { emptyTrash } from "../../src/disk/empty-trash.ts";
import { openBelow } from "../support/open-files.ts";
import { fill, namesIn, scratchFolder } from "../support/scratch.ts";

const FOREVER = new AbortController().signal;

let root = "";
let trash = "";

beforeEach(() => {
  root = fill(scratchFolder(), { "precious/file": "stays", "trash/": "" });
  trash = path.join(root, "trash");
});

function precious(): string {
  return fs.readFileSync(path.join(root, "precious/file"), "utf8");
}

describe("the trash", () => {
  it("is emptied of whatever lies in it, and links are not followed", async () => {
    fill(trash, { "one/a": "a", "one/deep/er/b": "b", "one/none/": "", "two/c": "c", loose: "d" });
    fs.symlinkSync(path.join(root, "precious"), path.join(trash, "one/folder-link"));
    fs.symlinkSync(path.join(root, "precious"), path.join(trash, "link"));
    fs.linkSync(path.join(root, "precious/file"), path.join(trash, "two/hard-link"));
    fs.writeFileSync(Buffer.concat([Buffer.from(`${trash}/one/`), Buffer.from([0xe9, 0x0a])]), "");
    expect(await emptyTrash(trash, FOREVER)).toEqual([]);
    expect(namesIn(trash)).toEqual([]);
    expect(precious()).toBe("stays");
    expect(openBelow(root)).toBe(0);
  });

  it("may be empty, or not be there", async () => {
    expect(await emptyTrash(trash, FOREVER)).toEqual([]);
    expect(await emptyTrash(path.join(root, "none"), FOREVER)).toEqual([]);
  });

  it("is emptied of folders that their owner has locked", async () => {
    fill(trash, { "one/shut/inner/a": "a", "one/unlisted/b": "b", "one/read-only/c": "c" });
    fs.chmodSync(path.join(trash, "one/shut"), 0o000);
    fs.chmodSync(path.join(trash, "one/unlisted"), 0o300);
    fs.chmodSync(path.join(trash, "one/read-only"), 0o500);
    fs.chmodSync(path.join(trash, "one"), 0o500);
    expect(await emptyTrash(trash, FOREVER)).toEqual([]);
    expect(namesIn(trash)).toEqual([]);
  });

  it("is emptied of folders inside folders, however many, with few of them open", async () => {
    let at = path.join(trash, "one");
    for (let depth = 0; depth < 400; depth += 1) at = path.join(at, "d");
    fs.mkdirSync(at, { recursive: true });
    expect(await emptyTrash(trash, FOREVER)).toEqual([]);
    expect(namesIn(trash)).toEqual([]);
  });

  it("is emptied by two at once", async () => {
    for (let number = 0; number < 500; number += 1) fill(trash, { [`one/d${number % 10}/f${number}`]: "" });
    const both = await Promise.all([emptyTrash(trash, FOREVER), emptyTrash(trash, FOREVER)]);
    expect(both).toEqual([[], []]);
    expect(namesIn(trash)).toEqual([]);
  });
});

it("lets everybody else have a turn between two files", async () => {
  for (let number = 0; number < 300; number += 1) fill(trash, { [`one/f${number}`]: "" });
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  await emptyTrash(trash, FOREVER);
  clearImmediate(next);
  expect(turns).toBeGreaterThan(300);
});

it("ends when it is told to", async () => {
  for (let number = 0; number < 300; number += 1) fill(trash, { [`one/f${number}`]: "" });
  const stop = new AbortController();
  const emptying = emptyTrash(trash, stop.signal);
  stop.abort();
  expect(await emptying).toEqual([]);
  expect(namesIn(trash)).toEqual(["one"]);
  expect(openBelow(root)).toBe(0);
});

describe("nothing elsewhere is removed where a folder is swapped for a link", () => {
  /** A signal that says to go on, and does something at one of the steps at which it is asked. */
  function atStep(step: number, act: () => void): AbortSignal {
    let steps = 0;
    const throwIfAborted = (): void => {
      steps += 1;
      if (steps === step) act();
    };
    return Object.assign(new AbortController().signal, { throwIfAborted });
  }

  const swap = () => {
    fs.renameSync(path.join(trash, "sub"), path.join(root, "aside"));
    fs.symlinkSync(path.join(root, "precious"), path.join(trash, "sub"));
  };

  it.each([
    ["once it has been seen", 1],
    ["once it has been opened", 2],
  ])("%s", async (_, step) => {
    fill(trash, { "sub/file": "ours" });
    await emptyTrash(trash, atStep(step, swap));
    expect(precious()).toBe("stays");
    // The link itself, which has no business there, goes next time.
    await emptyTrash(trash, FOREVER);
    expect(namesIn(trash)).toEqual([]);
  });
});
