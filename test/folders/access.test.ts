import fs from "node:fs";
import { expect, it } from "vitest";
import { mayWriteInto } from "../../src/folders/access.ts";
import { giveToOrdinaryUser, scratchFolder } from "../support/scratch.ts";

// That another user's folder may not be written into only a process of another user can see: test/system shows it.
it("may write into a folder of its own though its mode forbids it, as it can give itself the right", () => {
  const folder = scratchFolder();
  fs.chmodSync(folder, 0o555);
  expect(mayWriteInto(folder)).toBe(true);
});

it("may write into a folder that all may write into, whosever it is", () => {
  const folder = scratchFolder();
  giveToOrdinaryUser(folder);
  fs.chmodSync(folder, 0o777);
  expect(mayWriteInto(folder)).toBe(true);
});
