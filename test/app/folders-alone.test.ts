import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { viewFoldersAlone } from "../../src/app/queue-view.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Admissions } from "../../src/queue/intake/admissions.ts";
import type { Layout } from "../../src/queue/layout.ts";
import { info } from "../plan/snapshots.ts";
import { admission } from "../queue/admission.ts";
import { makeQueueFolder } from "../support/queue-folder.ts";
import { fill } from "../support/scratch.ts";

let layout: Layout;
beforeEach(() => {
  ({ layout } = makeQueueFolder());
});

function put(name: string, ...files: string[]): string {
  const folder = path.join(layout.queue, name);
  fill(folder, Object.fromEntries(files.map((file) => [file, ""])));
  return folder;
}

/** A folder that a manager had admitted, as it is now. */
function putAdmitted(name: string, changes: Parameters<typeof admission>[1] = {}): string {
  const folder = put(name, "job.sh");
  const folderMtimeMs = fs.lstatSync(folder).mtimeMs;
  new Admissions(layout.admissions).set(admission(name, { folderMtimeMs, ...changes }));
  return folder;
}

function view() {
  const loaded = loadConfig({ env: { QM_FOLDER: layout.root }, cwd: layout.root });
  if (loaded.kind === "problems") throw new Error("the defaults are wrong");
  return viewFoldersAlone({ layout, config: loaded.value.config });
}

const arriving = () => view().arriving.map(({ name, reason }) => [name, reason]);
const waiting = () => view().waiting.map(({ name, rank }) => `${rank} ${name}`);

describe("a queue without a manager", () => {
  it("has what was not admitted arrive, with why it is known not to be whole", () => {
    put("half", "job.sh", "data.part");
    put("quiet", "job.sh");
    put("by-rclone", "job.sh", "big.csv.partial");
    new Admissions(layout.admissions).reserve(["quiet", "half"]);
    expect(waiting()).toEqual([]);
    expect(new Map(arriving() as [string, string][])).toEqual(
      new Map([
        ["quiet", "no manager runs: the next one looks whether it is whole"],
        ["half", expect.stringMatching(/^still being copied: «data.part»/)],
        ["by-rclone", expect.stringMatching(/^still being copied: «big.csv.partial»/)],
      ]),
    );
  });

  it("has what was admitted wait by priority and place, with what it asks for, the held last", () => {
    fs.writeFileSync(path.join(putAdmitted("a", { place: 1 }), "QM_HOLD"), "");
    putAdmitted("b", { place: 9 });
    putAdmitted("c", { place: 3 });
    putAdmitted("d", { place: 12, info: info({ priority: 2, processors: 3 }) });
    put("e", "job.sh", "QM_READY");
    expect(waiting()).toEqual(["1 d", "2 c", "3 b", "4 e", "5 a"]);
    expect(view().waiting[0]).toMatchObject({ owner: "ann@lab.org", processors: 3, priority: 2, bytes: 10 });
    expect(arriving()).toEqual([]);
  });

  it("has an admitted folder arrive into which something is being copied", () => {
    const folder = putAdmitted("a", { folderMtimeMs: 1 });
    expect(waiting()).toEqual(["1 a"]);
    fs.writeFileSync(path.join(folder, "more.filepart"), "");
    expect(arriving()).toEqual([["a", expect.stringMatching(/^still being copied: «more.filepart»/)]]);
  });
});
