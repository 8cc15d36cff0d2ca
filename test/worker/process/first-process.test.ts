import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { isNodeFirst } from "../../../src/worker/process/first-process.ts";
import { scratchFolder } from "../../support/scratch.ts";

it.each([
  ["/usr/local/bin/node\0/opt/qm/dist/bin/qm.js\0manager\0", true],
  ["npm start", true],
  ["/sbin/docker-init\0--\0node\0qm.js\0", false],
  ["/sbin/init\0", false],
  ["/usr/bin/node_exporter\0", false],
])("process 1 by its command line %j is Node.js: %s", (text, isNode) => {
  const cmdline = path.join(scratchFolder(), "cmdline");
  fs.writeFileSync(cmdline, text);
  expect(isNodeFirst(cmdline)).toBe(isNode);
});

it("process 1 is taken for an init where it cannot be seen", () => {
  expect(isNodeFirst("/nowhere/cmdline")).toBe(false);
});
