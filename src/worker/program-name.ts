import fs from "node:fs";
import { escapeControls } from "../text/escape.ts";

/** A running process's program as the kernel names it, at most 15 bytes, which the process can set; `?` where it has gone. */
export function programName(pid: number): string {
  try {
    return escapeControls(fs.readFileSync(`/proc/${pid}/comm`, "utf8").replace(/\n$/, ""));
  } catch {
    return "?";
  }
}
