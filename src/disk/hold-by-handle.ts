import fs from "node:fs";
import { open } from "node:fs/promises";
import { checkFolderStep, type HeldFolder } from "./held-folder.ts";

/** Whether open folders have names: on Linux, by their descriptor, so that nobody can put another folder in their place. */
export const handlesHaveNames = process.platform === "linux" && fs.existsSync("/proc/self/fd");

/** The name of an open folder, where {@link handlesHaveNames}. */
export function nameOfHandle(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/**
 * Holds a folder by an open descriptor, as only Linux can name one: `/proc/self/fd/N/name` is the name in that very
 * folder, whatever becomes of the path that once led to it. Throws what the file system throws.
 */
export async function holdByHandle(path: Buffer): Promise<HeldFolder> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const held = { path: Buffer.from(nameOfHandle(handle.fd)), owner: (await handle.stat()).uid };
    return {
      ...held,
      stat: () => handle.stat(),
      enter: async (segment) => holdByHandle((await checkFolderStep(held, segment)).path),
      // The descriptor cannot lead elsewhere.
      confirm: async () => {},
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
