import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { ownEnvironment } from "../disk/system-users.ts";
import { formatDuration } from "../text/duration.ts";
import { escapeControls } from "../text/escape.ts";
import { tryOr } from "../text/try-or.ts";
import { plainEnvironment } from "./process/environment.ts";

/** The end of a short command: it succeeded, or why not, in words for people. */
export type ShortEnd = { readonly kind: "ok" } | { readonly kind: "failed"; readonly why: string };

/** A command of the configuration that answers by its exit code. */
export interface ShortCommand {
  /** For `/bin/sh -c`. */
  readonly command: string;
  /** The queue's folder, in which it is run. */
  readonly qmFolder: string;
  /** The worker that it is about. */
  readonly worker: string;
  /** Variables beside those and the harmless part of this process's own. */
  readonly extra: Readonly<Record<string, string>>;
  /** It is killed after this time. */
  readonly limitSeconds: number;
  /** Kills it before its time. */
  readonly ended?: AbortSignal;
}

const starterEnvironment = ownEnvironment({ ...process.env });

const MAX_OUTPUT_CHARACTERS = 4096;
const MAX_WHY_CHARACTERS = 200;
/** A process that it has left may hold its output open: nothing more is waited for. */
const LAST_OUTPUT_MS = 200;

/** Runs a short command in a process group of its own, which is killed at its limit. Never rejects. */
export async function runShortly(asked: ShortCommand): Promise<ShortEnd> {
  try {
    return await whenEnded(begin(asked), asked);
  } catch (error) {
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function begin({ command, qmFolder, worker, extra }: ShortCommand): Child {
  const env = plainEnvironment({ base: starterEnvironment, extra, qmFolder, worker });
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  return spawn("/bin/sh", ["-c", command], { cwd: qmFolder, env, stdio, detached: true });
}

async function whenEnded(child: Child, { limitSeconds, ended }: ShortCommand): Promise<ShortEnd> {
  const output = outputOf(child);
  let isOver = false;
  const kill = () => killGroup(child);
  ended?.addEventListener("abort", kill);
  const timer = setTimeout(() => {
    isOver = true;
    kill();
  }, limitSeconds * 1000);
  const code = await exitOf(child).finally(() => {
    clearTimeout(timer);
    ended?.removeEventListener("abort", kill);
  });
  if (isOver) return { kind: "failed", why: `it took longer than ${formatDuration(limitSeconds)}` };
  return code === "0"
    ? { kind: "ok" }
    : { kind: "failed", why: firstLine(output()) ?? `it ended with ${code}` };
}

function outputOf({ stdout, stderr }: Child): () => string {
  let text = "";
  const hear = (chunk: Buffer) => {
    if (text.length < MAX_OUTPUT_CHARACTERS) text += chunk.toString();
  };
  stdout?.on("data", hear);
  stderr?.on("data", hear);
  return () => text;
}

/** The exit code or signal, once its output has been read. Rejects where it could not be run. */
function exitOf(child: Child): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const end = () => resolve(String(code ?? signal));
      const timer = setTimeout(end, LAST_OUTPUT_MS);
      child.once("close", () => {
        clearTimeout(timer);
        end();
      });
    });
  });
}

// Its leader lives until `exit` is heard, so the group's number is nobody else's.
function killGroup({ pid, exitCode, signalCode }: Child): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  tryOr(() => process.kill(-pid, "SIGKILL"), undefined);
}

function firstLine(output: string): string | undefined {
  const line = output.split("\n").find((each) => each.trim() !== "");
  return line === undefined ? undefined : escapeControls(line.trim()).slice(0, MAX_WHY_CHARACTERS);
}
