import fs from "node:fs";
import { copyFile, type FileHandle, open } from "node:fs/promises";

/** Larger files are copied piece by piece: whoever interrupts that is heard, and holes stay holes. */
const LARGE_BYTES = 16 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);
/** `st_blocks` counts in these, whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

/** Limits of a copy beside the two files. */
interface Copying {
  /** Called before so many bytes are written; throws where there is no room for them. */
  readonly room: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Copies a file's bytes into a new file; the two share their blocks where the file system can. Throws what the file
 * system throws, or the signal's reason.
 */
export async function copyBytes(
  from: Buffer,
  to: Buffer,
  { size, blocks }: Pick<fs.Stats, "size" | "blocks">,
  { room, signal }: Copying,
): Promise<void> {
  const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = fs.constants;
  const isLarge = size >= LARGE_BYTES;
  if (isLarge && (await isCloned(copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE)))) return;
  room(Math.min(size, blocks * BLOCK_BYTES));
  if (isLarge) await copyLarge(from, to, blocks * BLOCK_BYTES < size, signal);
  else await copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE);
}

async function isCloned(cloning: Promise<void>): Promise<boolean> {
  return await cloning.then(
    () => true,
    () => false,
  );
}

async function copyLarge(from: Buffer, to: Buffer, hasHoles: boolean, signal: AbortSignal): Promise<void> {
  await using source = await open(from, "r");
  await using target = await open(to, "wx");
  await copyPieces(source, target, hasHoles, signal);
}

async function copyPieces(
  source: FileHandle,
  target: FileHandle,
  hasHoles: boolean,
  signal: AbortSignal,
): Promise<void> {
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; ; ) {
    signal.throwIfAborted();
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
