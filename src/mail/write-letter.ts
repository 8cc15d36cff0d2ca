import fs from "node:fs";
import path from "node:path";

const FILE_MODE = 0o600;

/**
 * Writes a new letter so that it outlives a power cut, with a single sync: of the file, once it has its name. The file
 * systems that people put queues on then keep the name too (ext4, XFS and Btrfs do; NFS keeps names at once). Should a
 * power cut come before the sync, the file may be there without its content. Throws what the file system throws.
 */
export function writeNewLetter(file: string, text: string): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.tmp`);
  fs.rmSync(temporary, { force: true });
  const handle = fs.openSync(temporary, "wx", FILE_MODE);
  try {
    const bytes = Buffer.from(text, "utf8");
    for (let written = 0; written < bytes.length; ) written += fs.writeSync(handle, bytes, written);
    fs.renameSync(temporary, file);
    fs.fsyncSync(handle);
  } catch (error) {
    for (const left of [temporary, file]) fs.rmSync(left, { force: true });
    throw error;
  } finally {
    fs.closeSync(handle);
  }
}
