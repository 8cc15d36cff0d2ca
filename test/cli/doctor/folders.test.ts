import fs from "node:fs";
import os from "node:os";
import { expect, it } from "vitest";
import { checkFolders } from "../../../src/cli/doctor/folders.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { layoutOf } from "../../../src/queue/layout.ts";
import { createFolders } from "../../../src/queue/tree-setup.ts";
import { asOrdinaryUser, giveToOrdinaryUser, rootOrSkip, scratchFolder } from "../../support/scratch.ts";

it.runIf(rootOrSkip())("finds a sticky queue that belongs to another user than the manager's", () => {
  const layout = layoutOf(scratchFolder());
  const loaded = loadConfig({ env: {}, cwd: layout.root });
  if (loaded.kind === "problems") throw new Error(JSON.stringify(loaded.problems));
  createFolders(layout);
  giveToOrdinaryUser(layout.root, layout.state, layout.running, layout.finished, layout.lost);
  const sticky = () =>
    asOrdinaryUser(() => checkFolders({ loaded: loaded.value, config: loaded.value.config, layout })).filter(
      ({ subject }) => subject === "sticky folder",
    );
  fs.chmodSync(layout.queue, 0o1777);
  expect(sticky()).toMatchObject([{ level: "fail", mend: expect.stringContaining("chmod -t") }]);
  fs.chmodSync(layout.queue, 0o777);
  expect(sticky()).toEqual([]);
  fs.chmodSync(layout.queue, 0o1777);
  giveToOrdinaryUser(layout.queue);
  expect(sticky()).toEqual([]);
});

it("finds what is to be the manager's alone and is open to a shared queue's group, or to everybody", () => {
  const layout = layoutOf(scratchFolder());
  const loaded = loadConfig({ env: {}, cwd: layout.root });
  if (loaded.kind === "problems") throw new Error(JSON.stringify(loaded.problems));
  createFolders(layout);
  const open = () =>
    checkFolders({ loaded: loaded.value, config: loaded.value.config, layout })
      .filter(({ subject }) => subject === "open folder")
      .map(({ mend }) => mend);
  fs.chmodSync(layout.root, 0o775);
  fs.chmodSync(layout.queue, 0o775);
  fs.chmodSync(layout.running, 0o755);
  expect(open()).toEqual([]);
  fs.chmodSync(layout.queue, 0o3770);
  expect(open()).toEqual([`chmod go-w ${layout.root}`]);
  fs.chmodSync(layout.root, 0o755);
  expect(open()).toEqual([]);
  fs.chmodSync(layout.running, 0o757);
  expect(open()).toEqual([`chmod go-w ${layout.running}`]);
});

it("lists the originals of folders that were copied in, with their owners and how to remove them", () => {
  const layout = layoutOf(scratchFolder());
  const loaded = loadConfig({ env: {}, cwd: layout.root });
  if (loaded.kind === "problems") throw new Error(JSON.stringify(loaded.problems));
  createFolders(layout);
  const originals = () =>
    checkFolders({ loaded: loaded.value, config: loaded.value.config, layout }).filter(
      ({ subject }) => subject === "originals",
    );
  expect(originals()).toEqual([]);
  for (const name of [".qm-original-it's mine", ".qm-original-other"])
    fs.mkdirSync(`${layout.queue}/${name}`);
  expect(originals()).toMatchObject([
    { level: "warn", text: expect.stringContaining("2 originals are put aside") },
  ]);
  expect(originals()[0]?.text).toContain(`.qm-original-other (${os.userInfo().username})`);
  expect(originals()[0]?.mend).toContain("rm -r '");
});
