import { spawnSync } from "node:child_process";
import path from "node:path";

/** Gives all texts to one run of a script in test/fixtures/info, as JSON, and returns its answers in their order. */
export function askPython<T>(script: string, texts: readonly string[]): T[] {
  const file = path.join(import.meta.dirname, "../fixtures/info", script);
  const run = spawnSync("python3", [file], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}
