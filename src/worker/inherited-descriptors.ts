import fs from "node:fs";
import { ifThere } from "../disk/error-code.ts";
import { findProgram, SYSTEM_PATH } from "./find-program.ts";

const CLOSE_ON_EXEC = 0o2000000;
const STDERR = 2;

let known: readonly number[] | undefined;

/**
 * Descriptors above standard error that this process was started with and its children would be given: a lock that a script
 * holds for the manager, a pipe of its service. Node.js marks its own as closed on exec, so these never become more.
 */
export function inheritedDescriptors(): readonly number[] {
  known ??= openDescriptors().filter((descriptor) => descriptor > STDERR && isHandedOn(descriptor));
  return known;
}

/** Changes to a command line and its descriptors. */
export interface Withholding {
  /** Put before the command line. */
  readonly prefix: readonly string[];
  /** Descriptors from 3 on, as `spawn` takes them; `ignore` leaves a number as it is. */
  readonly stdio: readonly ("ignore" | number)[];
}

/**
 * Keeps inherited descriptors from a child. They stay open here, as what they keep is kept for this process. bash closes them:
 * other shells need not know numbers above 9. Where there is no bash, the child finds `instead` under their numbers.
 * @param instead an open descriptor that the child is given anyway
 * @param searchPath where to look for bash
 */
export function withhold(
  inherited: readonly number[],
  instead: number,
  searchPath = SYSTEM_PATH,
): Withholding {
  if (inherited.length === 0) return { prefix: [], stdio: [] };
  const bash = findProgram("bash", searchPath);
  if (bash === undefined) return { prefix: [], stdio: cover(inherited, instead) };
  const closing = inherited.map((descriptor) => `${descriptor}>&-`).join(" ");
  // -p: without the start-up files and functions that the job's environment may name.
  return { prefix: [bash, "-p", "-c", `exec "$@" ${closing}`, "bash"], stdio: [] };
}

function cover(inherited: readonly number[], instead: number): ("ignore" | number)[] {
  const length = Math.max(...inherited) - STDERR;
  return Array.from({ length }, (_, at) => (inherited.includes(at + STDERR + 1) ? instead : "ignore"));
}

function openDescriptors(): number[] {
  return fs.readdirSync("/proc/self/fd").map(Number);
}

// The flags are octal, close-on-exec among them.
function isHandedOn(descriptor: number): boolean {
  const info = ifThere(() => fs.readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"));
  // The one by which the folder was listed is closed by now.
  if (info === undefined) return false;
  const flags = Number.parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? "0", 8);
  return (flags & CLOSE_ON_EXEC) === 0;
}
