import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** The built program; `QM_TEST_DIST` names another build to be measured. */
export const DIST = process.env["QM_TEST_DIST"] ?? path.join(import.meta.dirname, "../dist");

/** The `qm` of that build. */
export const QM = path.join(DIST, "bin/qm.js");

/** Settings of a command's run, beyond its words. */
export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Its standard input. */
  readonly input?: string;
  /** After so many milliseconds it is ended, with all that it has started. */
  readonly capMs?: number;
}

/** Runs a command to its end, its output thrown away; false when it had to be ended. Throws when it fails. */
export async function run(words: readonly string[], options: CommandOptions = {}): Promise<boolean> {
  const child = launch(words, options);
  const cap = options.capMs === undefined ? undefined : setTimeout(() => endGroup(child), options.capMs);
  const [code, signal] = await once(child, "exit");
  clearTimeout(cap);
  if (signal === "SIGKILL") return false;
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code ?? signal}`);
  return true;
}

/** Runs `qm` to its end. */
export async function runQm(configFile: string, args: readonly string[]): Promise<void> {
  await run([process.execPath, QM, "--config", configFile, ...args]);
}

function launch([program = "", ...args]: readonly string[], options: CommandOptions): ChildProcess {
  const child = spawn(program, args, {
    stdio: [options.input === undefined ? "ignore" : "pipe", "ignore", "ignore"],
    env: { ...process.env, ...options.environment },
    // A process group of its own can be ended as a whole.
    detached: options.capMs !== undefined,
  });
  child.stdin?.end(options.input);
  return child;
}

function endGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}
