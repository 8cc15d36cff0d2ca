import os from "node:os";
import { expect, it } from "vitest";
import { isTemporaryName, soleWritersNameOf, temporaryNameOf } from "../../src/disk/durable.ts";

it("a file that several processes may write has a name of each of them beside its place", () => {
  expect(temporaryNameOf("/q/.qm/status.json")).toBe(
    `/q/.qm/.status.json.${process.pid}@${os.hostname()}.tmp`,
  );
});

it("a file that one process writes has the same name in each, so that what a crash left is replaced", () => {
  expect(soleWritersNameOf("/q/.qm/history.jsonl")).toBe("/q/.qm/.history.jsonl.tmp");
});

it.each([".status.json.77.tmp", ".history.jsonl.tmp"])("a name of either form is known: %s", (name) => {
  expect(isTemporaryName(name)).toBe(true);
});

it.each(["status.json", "job.tmp", ".hidden", "status.json.spare"])("no other is: %s", (name) => {
  expect(isTemporaryName(name)).toBe(false);
});
