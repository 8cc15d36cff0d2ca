import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COPY_PREFIX, type CopyEnd, type MadeCopy, makeCopy } from "../../../src/queue/intake/copy-in.ts";
import { finishLandings, landCopy } from "../../../src/queue/intake/land-copy.ts";
import { Surveyor } from "../../../src/queue/intake/survey.ts";
import { type Layout, layoutOf } from "../../../src/queue/layout.ts";
import { folderOwnerId } from "../../../src/queue/origin.ts";
import { requestedBy } from "../../../src/queue/requests.ts";
import { createFolders } from "../../../src/queue/tree-setup.ts";
import { fill, makeFifo, namesIn, rootOrSkip, scratchFolder } from "../../support/scratch.ts";

const MANAGER = 65_534;
const ADA = 54_321;

let layout: Layout;
let original = "";

/** Everything here is done as the manager's user, but what Ada does. */
function asAda(act: () => void): void {
  process.seteuid?.(0);
  process.seteuid?.(ADA);
  try {
    act();
  } finally {
    process.seteuid?.(0);
    process.seteuid?.(MANAGER);
  }
}

function inQueue(): string[] {
  return namesIn(layout.queue).map((name) => (name.startsWith(COPY_PREFIX) ? COPY_PREFIX : name));
}

function copyIt(
  changes: { readonly room?: (bytes: number) => void; readonly signal?: AbortSignal } = {},
): Promise<CopyEnd> {
  const fingerprint = new Surveyor(original).advance(Number.POSITIVE_INFINITY)?.fingerprint ?? "";
  const signal = new AbortController().signal;
  return makeCopy({ layout, name: "job", original, fingerprint, room: () => undefined, signal, ...changes });
}

async function madeCopy(): Promise<MadeCopy> {
  const end = await copyIt();
  if (end.kind !== "made") throw new Error(end.why);
  return end;
}

beforeEach(() => {
  if (!rootOrSkip()) return;
  layout = layoutOf(path.join(scratchFolder(), "QM"));
  createFolders(layout);
  fs.chownSync(layout.queue, MANAGER, 0);
  fs.chmodSync(layout.queue, 0o2775);
  process.setegid?.(0);
  original = path.join(layout.queue, "job");
  asAda(() => {
    fs.mkdirSync(original, { mode: 0o755 });
    fill(original, { "job.sh": "#!/bin/sh\n", "in/data": "some data" });
  });
});

afterEach(() => {
  process.seteuid?.(0);
});

describe.runIf(rootOrSkip())("a copy of a folder of another user", () => {
  it("holds what the folder holds, with its modes, times, links and holes, open to the queue's group", async () => {
    asAda(() => {
      fs.chmodSync(path.join(original, "job.sh"), 0o4755);
      fill(original, { "read-only": "x", private: "x" });
      fs.chmodSync(path.join(original, "read-only"), 0o444);
      fs.chmodSync(path.join(original, "private"), 0o640);
      fs.symlinkSync("in/data", path.join(original, "link"));
      fs.writeFileSync(Buffer.concat([Buffer.from(`${original}/`), Buffer.from([0xe9, 0x0a])]), "");
      fs.truncateSync(path.join(original, "in/data"), 40e6);
      fs.utimesSync(path.join(original, "in/data"), 1e9, 1e9 + 0.25);
      fs.utimesSync(path.join(original, "in"), 1e9, 1e9);
    });
    const { folder } = await madeCopy();
    const at = (file: string) => fs.lstatSync(path.join(folder, file));
    const modes = ["", "in", "in/data", "job.sh", "read-only", "private"].map((file) =>
      (at(file).mode & 0o7777).toString(8),
    );
    expect(modes).toEqual(["2775", "2775", "664", "775", "444", "660"]);
    expect([at("").uid, at("in/data").uid, at("in/data").gid]).toEqual([MANAGER, MANAGER, 0]);
    expect([at("in").mtimeMs, at("in/data").mtimeMs]).toEqual([1e12, 1e12 + 250]);
    expect(at("in/data").blocks * 512).toBeLessThan(2e6);
    expect(fs.readlinkSync(path.join(folder, "link"))).toBe("in/data");
    expect(fs.readdirSync(folder).length).toBe(fs.readdirSync(original).length + 1);
    expect(folderOwnerId(folder)).toBe(ADA);
  });

  it.each([0o555, 0o500 | 0o055, 0o055])("can take a log whatever the folder forbids: %o", async (mode) => {
    process.seteuid?.(0);
    fs.chmodSync(original, mode);
    process.seteuid?.(MANAGER);
    expect(fs.statSync((await madeCopy()).folder).mode & 0o770).toBe(0o770);
  });

  it.each([
    ["a file that may not be read", "secret", (file: string) => fs.writeFileSync(file, "x", { mode: 0o600 })],
    ["a folder that may not be read", "in/shut", (file: string) => fs.mkdirSync(file, 0o700)],
    ["a FIFO", "fifo", (file: string) => void makeFifo(file)],
  ])("is not made of %s, and nothing of it stays", async (_, name, make) => {
    asAda(() => make(path.join(original, name)));
    const end = await copyIt();
    expect(end).toMatchObject({ kind: "failed", why: expect.stringContaining(`«${name}»`), lasts: true });
    expect(inQueue()).toEqual(["job"]);
  });

  it("does not show the owner another user's file, linked into the folder under a second name", async () => {
    const secret = path.join(fill(scratchFolder(), { secret: "x" }), "secret");
    process.seteuid?.(0);
    fs.linkSync(secret, path.join(original, "mine"));
    process.seteuid?.(MANAGER);
    expect(await copyIt()).toMatchObject({ why: expect.stringContaining("hard link"), lasts: true });
  });

  it("does not show the owner what a link leads to that takes a folder's place meanwhile", async () => {
    asAda(() => fill(original, { "a/b": "x" }));
    const elsewhere = fill(scratchFolder(), { b: "secret" });
    let isFirst = true;
    const swap = () => {
      if (!isFirst) return;
      isFirst = false;
      for (const name of ["a", "in"]) {
        fs.rmSync(path.join(original, name), { recursive: true });
        fs.symlinkSync(elsewhere, path.join(original, name));
      }
    };
    expect(await copyIt({ room: () => asAda(swap) })).toMatchObject({ kind: "failed" });
    expect(inQueue()).toEqual(["job"]);
  });

  it("is thrown away when the folder is changed meanwhile", async () => {
    const room = () => asAda(() => fs.appendFileSync(path.join(original, "in/data"), "!"));
    expect(await copyIt({ room })).toMatchObject({ why: "it was changed while it was copied", lasts: false });
    expect(inQueue()).toEqual(["job"]);
  });

  it("is thrown away whole where the disk is full, and when the manager is stopped", async () => {
    const full = () => {
      throw Object.assign(new Error("write"), { code: "ENOSPC" });
    };
    expect(await copyIt({ room: full })).toMatchObject({
      why: expect.stringContaining("the disk is full"),
      lasts: false,
    });
    const stop = new AbortController();
    expect(await copyIt({ room: () => stop.abort(), signal: stop.signal })).toMatchObject({ kind: "failed" });
    expect(inQueue()).toEqual(["job"]);
  });
});

describe.runIf(rootOrSkip())("the place of a folder that was copied", () => {
  it("is the copy's, and the folder stays beside it under a hidden name, which its owner can remove", async () => {
    expect(landCopy(layout, await madeCopy(), original, "job")).toEqual({ kind: "moved", name: "job" });
    expect(inQueue()).toEqual([".qm-original-job", "job"]);
    expect(fs.statSync(original).uid).toBe(MANAGER);
    asAda(() => fs.rmSync(path.join(layout.queue, ".qm-original-job"), { recursive: true }));
    expect(inQueue()).toEqual(["job"]);
  });

  it("has the requests that lie in the folder by then: those that came are kept, those taken back are not", async () => {
    asAda(() => fill(original, { "qm_hold.txt": "", QM_TOP: "ada\n" }));
    const copy = await madeCopy();
    asAda(() => {
      fs.rmSync(path.join(original, "qm_hold.txt"));
      fill(original, { Qm_Kill: "ben\n" });
    });
    landCopy(layout, copy, original, "job");
    expect(namesIn(original).filter((name) => /^qm_/i.test(name))).toEqual(["QM_KILL", "QM_TOP"]);
    expect(requestedBy(original, "QM_KILL")).toBe("ben");
  });

  it("stays the folder's when that was changed after it had been copied", async () => {
    const copy = await madeCopy();
    asAda(() => fs.appendFileSync(path.join(original, "in/data"), "!"));
    expect(landCopy(layout, copy, original, "job")).toMatchObject({ kind: "refused" });
    expect(inQueue()).toEqual([COPY_PREFIX, "job"]);
    expect(fs.statSync(original).uid).toBe(ADA);
  });

  it("stays the folder's where it cannot be put aside", async () => {
    const copy = await madeCopy();
    process.seteuid?.(0);
    fs.chownSync(layout.queue, 0, 0);
    fs.chmodSync(layout.queue, 0o1777);
    process.seteuid?.(MANAGER);
    expect(landCopy(layout, copy, original, "job")).toMatchObject({ kind: "refused", code: "EPERM" });
    expect(inQueue()).toEqual([COPY_PREFIX, "job"]);
  });
});

describe.runIf(rootOrSkip())("what a manager leaves that is killed", () => {
  const aside = () => path.join(layout.queue, ".qm-original-job");

  it("while it copies is a copy that nobody needs", () => {
    fill(path.join(layout.queue, `${COPY_PREFIX}1`), { "job.sh": "" });
    expect(finishLandings(layout)).toMatchObject({
      landed: [],
      leftovers: [expect.stringContaining(COPY_PREFIX)],
    });
  });

  it("before the folder is put aside, or after it was put back, likewise", async () => {
    const { folder } = await madeCopy();
    expect(finishLandings(layout)).toMatchObject({ landed: [], leftovers: [folder] });
  });

  it("once the folder is put aside is given its place, under a free name", async () => {
    await madeCopy();
    fs.renameSync(original, aside());
    expect(finishLandings(layout)).toEqual({ landed: ["job"], refused: [], leftovers: [] });
    expect(inQueue()).toEqual([".qm-original-job", "job"]);
    expect(finishLandings(layout)).toEqual({ landed: [], refused: [], leftovers: [] });
  });

  it("once the folder is put aside has the requests that lay in the folder", async () => {
    await madeCopy();
    asAda(() => fill(original, { QM_HOLD: "" }));
    fs.renameSync(original, aside());
    finishLandings(layout);
    expect(namesIn(original)).toContain("QM_HOLD");
  });

  it("is never another user's folder of such a name", () => {
    asAda(() => fs.mkdirSync(path.join(layout.queue, `${COPY_PREFIX}theirs`)));
    expect(finishLandings(layout)).toEqual({ landed: [], refused: [], leftovers: [] });
  });
});
