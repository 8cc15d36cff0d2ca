import { nameOf } from "./folder-listing.ts";
import type { JobFolder } from "./job-files.ts";

/** One thing met on a walk through a job's files; segments as {@link JobFolder.open} takes them. */
export type Walked =
  | { readonly kind: "folder"; readonly segments: readonly Buffer[]; readonly mtimeMs: number }
  /** A file, or something that will turn out to be none when it is opened. */
  | { readonly kind: "entry"; readonly segments: readonly Buffer[] }
  | { readonly kind: "unread"; readonly segments: readonly Buffer[]; readonly why: string };

/**
 * Everything in a job's folder, the folder itself first and every folder before what lies in it, in no further order;
 * links are not followed. Each is looked for when it is asked for, so that a walk may take as long as it likes.
 */
export async function* walkJob(folder: JobFolder): AsyncGenerator<Walked, void> {
  const pending: (readonly Buffer[])[] = [[]];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const opened = await folder.openDirectory(at);
    if (opened.kind !== "directory") {
      yield { kind: "unread", segments: at, why: opened.kind === "refused" ? opened.why : "has vanished" };
      continue;
    }
    const { directory, mtimeMs } = opened;
    try {
      yield { kind: "folder", segments: at, mtimeMs };
      for (let entry = await directory.read(); entry !== null; entry = await directory.read()) {
        const segments = [...at, nameOf(entry)];
        if (entry.isDirectory()) pending.push(segments);
        else yield { kind: "entry", segments };
      }
    } catch {
      yield { kind: "unread", segments: at, why: "could be read in part only" };
    } finally {
      await directory.close();
    }
  }
}
