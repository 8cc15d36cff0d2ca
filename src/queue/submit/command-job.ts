import fs from "node:fs";
import path from "node:path";
import { readInfoText } from "../../formats/info-text.ts";
import { checkReadInfo } from "../../job/read-info.ts";
import { amendText, type InfoOptions } from "./amend-text.ts";

/** Where a command goes that the info file's format cannot carry as it is. */
const COMMAND_FILE = "qm-command.sh";

const SKELETONS: ReadonlyMap<string, string> = new Map([
  [".cfg", "[QMOptions]\n"],
  [".ini", "[QMOptions]\n"],
  [".xml", "<job>\n</job>\n"],
  [".json", "{\n}\n"],
]);

/**
 * Makes the folder of a job that runs one shell command line, with an info file of this name. A command that would
 * not survive the format (several lines in a cfg, say) goes into a script of its own beside it.
 */
export function writeCommandJob(
  folder: string,
  infoFile: string,
  command: string,
  options: InfoOptions,
): void {
  fs.mkdirSync(folder);
  const direct = infoText(infoFile, command, options);
  const text = carries(direct, infoFile, command)
    ? direct
    : infoText(infoFile, `sh ./${COMMAND_FILE}`, options);
  if (text !== direct)
    fs.writeFileSync(path.join(folder, COMMAND_FILE), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  fs.writeFileSync(path.join(folder, infoFile), text, { mode: isScript(infoFile) ? 0o755 : 0o644 });
}

function infoText(infoFile: string, command: string, options: InfoOptions): string {
  if (isScript(infoFile)) return amendText(`#!/bin/sh\n${command}\n`, infoFile, options, new Set());
  const skeleton = SKELETONS.get(path.extname(infoFile).toLowerCase()) ?? "";
  return amendText(skeleton, infoFile, new Map([["script", command], ...options]), new Set());
}

function carries(text: string, infoFile: string, command: string): boolean {
  // A line of the command that begins with `#QM` must not become an option.
  if (isScript(infoFile)) return !command.includes("\n") && !command.startsWith("#");
  const info = checkReadInfo(readInfoText(Buffer.from(text), infoFile), infoFile);
  return info.kind === "ok" && info.value.script === command.trim();
}

function isScript(infoFile: string): boolean {
  return path.extname(infoFile).toLowerCase() === ".sh";
}
