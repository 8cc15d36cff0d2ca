import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { findConfigFile } from "../../src/config/find-file.ts";
import { scratchFolder } from "../support/scratch.ts";
import { folderWith } from "./config-fixture.ts";

it("prefers --config to QM_CONFIG to the current folder's QMserv.cfg", () => {
  const cwd = folderWith("");
  for (const name of ["a.cfg", "b.cfg"]) fs.writeFileSync(path.join(cwd, name), "");
  const found = (request: object) => findConfigFile({ env: {}, cwd, ...request });
  expect(found({ explicit: "a.cfg", env: { QM_CONFIG: "b.cfg" } })).toEqual({
    kind: "ok",
    value: path.join(cwd, "a.cfg"),
  });
  expect(found({ env: { QM_CONFIG: "b.cfg" } })).toEqual({ kind: "ok", value: path.join(cwd, "b.cfg") });
  expect(found({ env: { QM_CONFIG: "" } })).toEqual({ kind: "ok", value: path.join(cwd, "QMserv.cfg") });
});

it("finds none in a folder without one", () => {
  expect(findConfigFile({ env: {}, cwd: scratchFolder() })).toEqual({ kind: "ok", value: undefined });
});

it("refuses a file that is named and does not exist, though QMserv.cfg does", () => {
  const cwd = folderWith("");
  const problem = (asked: string) => ({
    kind: "problems",
    problems: [
      {
        file: path.join(cwd, "no.cfg"),
        wrong: "does not exist",
        right: `${asked} should name an existing configuration file`,
      },
    ],
  });
  expect(findConfigFile({ explicit: "no.cfg", env: {}, cwd })).toEqual(problem("--config"));
  expect(findConfigFile({ env: { QM_CONFIG: "no.cfg" }, cwd })).toEqual(problem("QM_CONFIG"));
});

it("asks for the file that a process began with before any other, and says so where it is gone", () => {
  const cwd = folderWith("");
  const begunWith = path.join(cwd, "begun.cfg");
  const request = { begunWith, explicit: "QMserv.cfg", env: { QM_CONFIG: "QMserv.cfg" }, cwd };
  expect(findConfigFile(request)).toMatchObject({
    problems: [{ file: begunWith, wrong: "does not exist", right: expect.stringContaining("put back") }],
  });
  fs.writeFileSync(begunWith, "");
  expect(findConfigFile(request)).toEqual({ kind: "ok", value: begunWith });
});
