import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { findConfigFile } from "../../src/config/load.ts";
import { scratchFolder } from "../support/scratch.ts";
import { folderWith } from "./config-fixture.ts";

it("prefers --config to QM_CONFIG to the current folder's QMserv.cfg", () => {
  const cwd = folderWith("");
  for (const name of ["a.cfg", "b.cfg"]) fs.writeFileSync(path.join(cwd, name), "");
  const found = (request: object) => {
    const result = findConfigFile({ env: {}, cwd, home: "/nowhere", ...request });
    return result.kind === "ok" ? result.value.file : result;
  };
  expect(found({ explicit: "a.cfg", env: { QM_CONFIG: "b.cfg" } })).toBe(path.join(cwd, "a.cfg"));
  expect(found({ env: { QM_CONFIG: "b.cfg" } })).toBe(path.join(cwd, "b.cfg"));
  expect(found({ env: { QM_CONFIG: "" } })).toBe(path.join(cwd, "QMserv.cfg"));
});

it("looks in the current folder, then in the user's, then in the system's, and tells where", () => {
  const [cwd, home] = [scratchFolder(), scratchFolder()];
  const places = [
    path.join(cwd, "QMserv.cfg"),
    path.join(home, ".config/queuemanager/QMserv.cfg"),
    "/etc/queuemanager/QMserv.cfg",
  ];
  const found = (request = {}) => findConfigFile({ env: {}, cwd, home, ...request });
  expect(found()).toEqual({ kind: "ok", value: { file: undefined, sought: places } });
  expect(found({ home: undefined })).toMatchObject({ value: { sought: [places[0], places[2]] } });
  fs.mkdirSync(path.join(home, ".config/queuemanager"), { recursive: true });
  fs.writeFileSync(places[1] ?? "", "");
  expect(found()).toEqual({ kind: "ok", value: { file: places[1], sought: places.slice(0, 2) } });
  fs.writeFileSync(places[0] ?? "", "");
  expect(found()).toEqual({ kind: "ok", value: { file: places[0], sought: places.slice(0, 1) } });
});

it("finds none in a folder without one", () => {
  expect(findConfigFile({ env: {}, cwd: scratchFolder() })).toMatchObject({ value: { file: undefined } });
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
  expect(findConfigFile(request)).toEqual({ kind: "ok", value: { file: begunWith, sought: [begunWith] } });
});

it("takes one that was made since at a place before the one begun with, and none at a place behind it", () => {
  const [cwd, home] = [scratchFolder(), folderWith("")];
  const ofUser = path.join(home, ".config/queuemanager/QMserv.cfg");
  const here = path.join(cwd, "QMserv.cfg");
  fs.mkdirSync(path.dirname(ofUser), { recursive: true });
  fs.writeFileSync(ofUser, "");
  const begunWith = (file: string | undefined) => findConfigFile({ begunWith: file, env: {}, cwd, home });
  expect(begunWith(undefined)).toMatchObject({ value: { file: ofUser } });
  expect(begunWith(here)).toMatchObject({ problems: [{ file: here, wrong: "does not exist" }] });
  fs.writeFileSync(here, "");
  expect(begunWith(ofUser)).toMatchObject({ value: { file: here } });
});
