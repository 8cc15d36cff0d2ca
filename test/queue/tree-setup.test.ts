import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeQueue } from "../../src/queue/first-start.ts";
import { type Layout, layoutOf, STAGES } from "../../src/queue/layout.ts";
import { createFolders, restoreFolders, tryMoves } from "../../src/queue/tree-setup.ts";
import {
  asOrdinaryUser,
  fill,
  namesIn,
  otherFileSystemOrSkip,
  rootOrSkip,
  scratchFolder,
} from "../support/scratch.ts";

const ELSEWHERE = otherFileSystemOrSkip();

let layout: Layout;

beforeEach(() => {
  layout = layoutOf(path.join(scratchFolder(), "QM"));
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("creating the folders of a queue", () => {
  it("makes them all, with QM_FOLDER itself", () => {
    createFolders(layout);
    expect(namesIn(layout.root)).toEqual([".qm", "QM_Jobs", "QM_dJobs", "QM_lost+found", "QM_qJobs"]);
  });

  it("changes nothing where they are there", () => {
    createFolders(layout);
    fill(layout.queue, { "job/run.sh": "" });
    createFolders(layout);
    expect(namesIn(layout.queue)).toEqual(["job"]);
  });

  it.each([
    ["a file is in the way", () => fill(path.dirname(layout.root), { QM: "" }), () => layout.root],
    [
      "a file has the name of one",
      () => {
        fs.mkdirSync(layout.root);
        fs.writeFileSync(layout.running, "");
      },
      () => layout.running,
    ],
    [
      "a link in place of one leads nowhere",
      () => {
        fs.mkdirSync(layout.root);
        fs.symlinkSync("nowhere", layout.state);
      },
      () => layout.state,
    ],
  ])("is refused with the name of what is in the way where %s", (_, make, inTheWay) => {
    make();
    expect(() => createFolders(layout)).toThrow(
      expect.objectContaining({
        code: "failed",
        message: `${path.basename(inTheWay())} is not a folder`,
        path: inTheWay(),
        mend: expect.stringContaining("move it away"),
      }),
    );
  });

  it("is refused with what to do where the manager may not write", () => {
    fs.chmodSync(path.dirname(layout.root), 0o555);
    expect(() => asOrdinaryUser(() => createFolders(layout))).toThrow(
      expect.objectContaining({
        code: "failed",
        message: "the queue's folders cannot be created (EACCES)",
        path: layout.root,
        mend: expect.stringContaining("another QM_FOLDER"),
      }),
    );
  });
});

describe("making folders again under a running manager", () => {
  it("brings back what somebody has deleted, and touches nothing else", () => {
    createFolders(layout);
    fill(layout.finished, { "job/run.sh": "" });
    fs.rmdirSync(layout.lost);
    expect(restoreFolders(layout)).toBe(true);
    expect(namesIn(layout.lost)).toEqual([]);
    expect(namesIn(layout.finished)).toEqual(["job"]);
  });

  it("brings back even QM_qJobs where the queue's id is there", () => {
    makeQueue(layout);
    for (const stage of STAGES) fs.rmdirSync(layout[stage]);
    expect(restoreFolders(layout)).toBe(true);
    expect(namesIn(layout.queue)).toEqual([]);
  });

  it("makes none while QM_FOLDER itself is away, as its mount may come back", () => {
    expect(restoreFolders(layout)).toBe(false);
    expect(fs.existsSync(layout.root)).toBe(false);
  });

  it("makes none in an empty folder, as a mount leaves it", () => {
    fs.mkdirSync(layout.root);
    expect(restoreFolders(layout)).toBe(false);
    expect(namesIn(layout.root)).toEqual([]);
  });
});

describe("trying moves among the four folders", () => {
  beforeEach(() => createFolders(layout));

  it("works, and leaves nothing behind", () => {
    tryMoves(layout, "tester");
    for (const stage of STAGES) expect(namesIn(layout[stage])).toEqual([]);
  });

  it("works though a crash has left an earlier trial", () => {
    for (const stage of STAGES) fs.mkdirSync(path.join(layout[stage], ".qm-trial-tester"));
    tryMoves(layout, "tester");
    for (const stage of STAGES) expect(namesIn(layout[stage])).toEqual([]);
  });

  it.runIf(ELSEWHERE !== undefined).each(["running", "finished", "lost"] as const)(
    "is refused where one lies on another file system: %s",
    (stage) => {
      fs.rmdirSync(layout[stage]);
      fs.symlinkSync(scratchFolder(ELSEWHERE), layout[stage]);
      expect(() => tryMoves(layout, "tester")).toThrow(
        expect.objectContaining({
          code: "failed",
          message: "the queue's folders are not on one file system",
          mend: expect.stringContaining("put all four on one file system"),
        }),
      );
      for (const each of STAGES) expect(namesIn(layout[each])).toEqual([]);
    },
  );

  it("is refused where the manager may not write into one", () => {
    for (const stage of STAGES) fs.chmodSync(layout[stage], 0o777);
    fs.chmodSync(layout.finished, 0o555);
    expect(() => asOrdinaryUser(() => tryMoves(layout, "tester"))).toThrow(
      expect.objectContaining({
        code: "failed",
        message: "a folder cannot be moved (EACCES)",
        mend: "give the manager's user the right to write in all four",
      }),
    );
    for (const stage of STAGES) expect(namesIn(layout[stage])).toEqual([]);
  });
});

describe.runIf(rootOrSkip())("the trash", () => {
  it("is as open as the folder of the finished jobs, and the rest of .qm is not", () => {
    createFolders(layout);
    const looks = (folder: string) => {
      const { mode, gid } = fs.statSync(folder);
      return [(mode & 0o7777).toString(8), gid];
    };
    expect(looks(layout.trash)).toEqual(looks(layout.finished));
    fs.chownSync(layout.finished, 0, 54_321);
    fs.chmodSync(layout.finished, 0o3770);
    restoreFolders(layout);
    expect(looks(layout.trash)).toEqual(["3770", 54_321]);
    expect(looks(layout.state)).toEqual(["755", 0]);
  });

  it("is left alone where somebody has put a link in its place", () => {
    createFolders(layout);
    const elsewhere = scratchFolder();
    fs.rmdirSync(layout.trash);
    fs.symlinkSync(elsewhere, layout.trash);
    fs.chmodSync(layout.finished, 0o777);
    restoreFolders(layout);
    expect(fs.statSync(elsewhere).mode & 0o777).toBe(0o755);
  });
});
