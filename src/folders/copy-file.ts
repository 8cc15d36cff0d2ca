import fs from "node:fs";
import { copyFile, type FileHandle, open } from "node:fs/promises";
import { QmError } from "../core/errors.ts";

/** Larger files are copied piece by piece: whoever interrupts that is heard, and holes stay holes. */
const LARGE_BYTES = 16 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);
/** `st_blocks` counts in these, whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

/**
 * Copies a file's bytes into a new file; the two share their blocks where the file system can. Throws what the file
 * system throws; `interrupted` when the signal was given.
 */
export async function copyBytes(from: Buffer, to: Buffer, signal: AbortSignal): Promise<void> {
  const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = fs.constants;
  const { size, blocks } = fs.lstatSync(from);
  if (size < LARGE_BYTES) return await copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE);
  const isShared = await copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  if (!isShared) await copyLarge(from, to, blocks * BLOCK_BYTES < size, signal);
}

async function copyLarge(from: Buffer, to: Buffer, hasHoles: boolean, signal: AbortSignal): Promise<void> {
  const source = await open(from, "r");
  try {
    const target = await open(to, "wx");
    try {
      await copyPieces(source, target, hasHoles, signal);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyPieces(
  source: FileHandle,
  target: FileHandle,
  hasHoles: boolean,
  signal: AbortSignal,
): Promise<void> {
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; ; ) {
    if (signal.aborted) throw new QmError("interrupted", "interrupted: nothing was submitted");
    const { bytesRead } = await source.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return await target.truncate(at);
    const piece = buffer.subarray(0, bytesRead);
    if (!hasHoles || !piece.equals(ZEROS.subarray(0, bytesRead))) await writeAt(target, piece, at);
    at += bytesRead;
  }
}

async function writeAt(target: FileHandle, piece: Buffer, at: number): Promise<void> {
  for (let done = 0; done < piece.length; )
    done += (await target.write(piece, done, piece.length - done, at + done)).bytesWritten;
}
