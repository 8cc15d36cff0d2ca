import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { refuseUnfit } from "../../src/worker/unfit-folder.ts";
import { scratchFolder } from "../support/scratch.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

function mountedAs(folder: string, type: string, source: string, magic: number): void {
  vi.spyOn(fs, "readFileSync").mockReturnValue(`30 22 0:40 / ${folder} rw - ${type} ${source} rw`);
  vi.spyOn(fs, "statfsSync").mockReturnValue({ type: magic } as fs.StatsFs);
}

it("a folder by WebDAV is refused", () => {
  const folder = fs.realpathSync(scratchFolder());
  mountedAs(folder, "fuse", "https://cloud.example/dav", 0x65735546);
  expect(() => refuseUnfit(folder)).toThrow("mounted by WebDAV");
});

it("a folder of which a program makes copies is refused, wherever a link leads to it", () => {
  const base = fs.realpathSync(scratchFolder());
  fs.mkdirSync(path.join(base, "synced/.stfolder"), { recursive: true });
  fs.mkdirSync(path.join(base, "synced/QM"));
  fs.symlinkSync(path.join(base, "synced/QM"), path.join(base, "QM"));
  expect(() => refuseUnfit(path.join(base, "QM"))).toThrow(`Syncthing makes copies of ${base}/synced`);
});

it("a folder of a file server is not refused where that makes copies of it for others", () => {
  const folder = fs.realpathSync(scratchFolder());
  fs.mkdirSync(path.join(folder, ".stfolder"));
  mountedAs(folder, "nfs4", "nas:/lab", 0x6969);
  refuseUnfit(folder);
});

it("a folder of this machine alone is not refused", () => {
  refuseUnfit(scratchFolder());
});
