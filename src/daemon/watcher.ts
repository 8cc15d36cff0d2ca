import { type FSWatcher, watch } from "chokidar";
import type { Log } from "./log.ts";

/**
 * Wakes the pass when something happens in the folders given. Events carry no truth: what they miss (network mounts,
 * overflow, watches used up) the next scan finds.
 */
export function watchFolders(folders: readonly string[], wake: () => void, log: Log): FSWatcher {
  const roots = new Set(folders);
  // Only the folders themselves: with everything in them ignored, ten thousand waiting jobs cost no watch and no memory.
  const watcher = watch([...folders], {
    depth: 0,
    ignoreInitial: true,
    ignorePermissionErrors: true,
    ignored: (path) => !roots.has(path),
  });
  watcher.on("raw", wake);
  // What happened before it was watching is found by a look of its own.
  watcher.on("ready", wake);
  let warned = false;
  watcher.on("error", (error) => {
    if (!warned) log.warn("a watcher failed; changes are found by scanning", { why: String(error) });
    warned = true;
  });
  return watcher;
}
