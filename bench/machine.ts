import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { DIST } from "./program.ts";

/** The things that the figures depend on, by their names. */
export type Facts = Readonly<Record<string, string>>;

/** The machine that measures. */
export function machineFacts(): Facts {
  return {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    processors: String(os.cpus().length),
    memory: `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    "temporary folder": said("df", ["--output=fstype", os.tmpdir()]).split("\n").at(-1) ?? "unknown",
    kernel: `${os.type()} ${os.release()}`,
  };
}

/** The versions of what is measured. */
export function versionFacts(): Facts {
  return {
    queuemanager: ownVersion(),
    node: process.version,
    "task-spooler": /v(\S+)/.exec(said("tsp", ["-V"]))?.[1] ?? NOT_INSTALLED,
    nq: isInstalled("nq") ? debianVersion("nq") : NOT_INSTALLED,
    "GNU parallel": /parallel (\S+)/.exec(said("parallel", ["--version"]))?.[1] ?? NOT_INSTALLED,
  };
}

/** A table's words for a program that is not there. */
export const NOT_INSTALLED = "not installed";

/** True if a program is found on the path. */
export function isInstalled(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.some((folder) => fs.existsSync(path.join(folder, program)));
}

function ownVersion(): string {
  const text = fs.readFileSync(path.join(DIST, "../package.json"), "utf8");
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? "unknown";
}

/** The version of a program that does not tell it itself. */
function debianVersion(name: string): string {
  return said("dpkg-query", ["-W", "-f", `\${Version}`, name]) || "unknown";
}

/** Output of a command; nothing where it is not there or fails. */
function said(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}
