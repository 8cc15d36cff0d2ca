import fs from "node:fs";
import path from "node:path";
import { onTestFinished, vi } from "vitest";
import { SHARED_DEVICES } from "../../src/disk/fresh-look.ts";

/**
 * Makes a folder look as an NFS mount with long-lived caches does: a look by a path tells what it told the first time, and that a name
 * is missing until its folder is listed; what is opened tells the truth.
 */
export function mountBlindly(folder: string): void {
  const { dev } = fs.statSync(folder);
  SHARED_DEVICES.set(dev, true);
  const seen = new Map<string, fs.Stats | undefined>();
  const [lstat, stat, readdir] = [fs.lstatSync, fs.statSync, fs.readdirSync];
  const frozen = (look: typeof lstat) =>
    ((place: string | Buffer, options?: fs.StatSyncOptions) => {
      const key = place.toString();
      if (!key.startsWith(folder)) return look(place, options);
      if (!seen.has(key)) seen.set(key, look(place, { throwIfNoEntry: false }));
      const found = seen.get(key);
      return found === undefined && options?.throwIfNoEntry !== false ? look(place, options) : found;
    }) as typeof lstat;
  vi.spyOn(fs, "lstatSync").mockImplementation(frozen(lstat));
  vi.spyOn(fs, "statSync").mockImplementation(frozen(stat as typeof lstat) as typeof stat);
  vi.spyOn(fs, "readdirSync").mockImplementation(((place: string, options: never) => {
    for (const [file, stats] of seen)
      if (stats === undefined && path.dirname(file) === place) seen.delete(file);
    return readdir(place, options);
  }) as typeof readdir);
  onTestFinished(() => {
    vi.restoreAllMocks();
    SHARED_DEVICES.delete(dev);
  });
}
