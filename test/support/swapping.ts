import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const SWAPPER = path.join(import.meta.dirname, "swapper.mjs");

/** Runs something while a process of its own swaps a file or folder for a link to `elsewhere` and back, without end. */
export async function whileSwapped(
  what: "file" | "folder",
  target: string,
  elsewhere: string,
  act: () => Promise<void>,
): Promise<void> {
  const swapper = spawn(process.execPath, [SWAPPER, what, target, elsewhere], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(swapper, "exit");
  try {
    await once(swapper.stdout, "data");
    await act();
  } finally {
    swapper.stdin.end();
    await ended;
  }
}
