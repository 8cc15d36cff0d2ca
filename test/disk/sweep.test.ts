import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { sweepTemporaryFiles } from "../../src/disk/durable.ts";
import { scratchFolder } from "../support/scratch.ts";

it("removes what a killed program has left, not what one may be writing, nor anything else", () => {
  const folder = scratchFolder();
  const old = new Date(Date.now() - 120_000);
  for (const name of [".status.json.77.tmp", ".young.json.78.tmp", "job.tmp", ".hidden"])
    fs.writeFileSync(path.join(folder, name), "");
  fs.mkdirSync(path.join(folder, ".folder.tmp"));
  for (const name of fs.readdirSync(folder))
    if (name !== ".young.json.78.tmp") fs.utimesSync(path.join(folder, name), old, old);
  sweepTemporaryFiles(folder);
  expect(fs.readdirSync(folder).sort()).toEqual([".folder.tmp", ".hidden", ".young.json.78.tmp", "job.tmp"]);
});

it("leaves a folder alone that is not there", () => {
  sweepTemporaryFiles(path.join(scratchFolder(), "none"));
});
