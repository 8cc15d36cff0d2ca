import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { namesIn } from "../support/scratch.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
let folder: string;

beforeEach(async () => {
  scratch = new Scratch();
  folder = path.join(scratch.base, "lab");
  await scratch.run(["init", folder]);
  fs.renameSync(path.join(folder, "QM"), path.join(folder, "away"));
  fs.mkdirSync(path.join(folder, "QM"));
});
afterEach(async () => await scratch.close());

describe("where the mount of a queue is away", () => {
  it.each([
    [["status"]],
    [["submit", "--", "true"]],
    [["kill", "-y", "job"]],
    [["pause"]],
    [["history"]],
    [["web"]],
    [["demo"]],
  ])("qm %j says so, and makes nothing in its place", async (argv) => {
    const config = path.join(folder, "QMserv.cfg");
    const [verb = "", ...rest] = argv;
    const { code, err } = await scratch.run([verb, "--config", config, ...rest]);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("qm: the folder is empty: is its mount away?\n"),
    ]);
    expect(namesIn(path.join(folder, "QM"))).toEqual([]);
  });

  it("qm doctor says so", async () => {
    const { code, out } = await scratch.run(["doctor", "--config", path.join(folder, "QMserv.cfg")]);
    expect([code, out]).toEqual([1, expect.stringContaining("is its mount away?")]);
  });

  it("qm init makes a new queue, by a person's word", async () => {
    expect(await scratch.run(["init", folder])).toMatchObject({ code: 0 });
    const identity = (root: string) => fs.readFileSync(path.join(folder, root, ".qm", "queue.json"), "utf8");
    expect(identity("QM")).not.toBe(identity("away"));
  });
});
