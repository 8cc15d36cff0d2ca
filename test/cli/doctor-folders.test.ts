import fs from "node:fs";
import { expect, it } from "vitest";
import { checkFolders } from "../../src/cli/doctor-folders.ts";
import { loadConfig } from "../../src/config/load.ts";
import { layoutOf } from "../../src/folders/layout.ts";
import { createFolders } from "../../src/folders/tree-setup.ts";
import { asOrdinaryUser, giveToOrdinaryUser, rootOrSkip, scratchFolder } from "../support/scratch.ts";

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
