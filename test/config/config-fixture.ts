import fs from "node:fs";
import path from "node:path";
import type { LoadedConfig } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { describeProblem, type Problem } from "../../src/text/problem.ts";
import { scratchFolder } from "../support/scratch.ts";

/** Writes a `QMserv.cfg` into a new folder and gives the folder. */
export function folderWith(text: string | Buffer): string {
  const folder = scratchFolder();
  fs.writeFileSync(path.join(folder, "QMserv.cfg"), text);
  return folder;
}

/** A machine that is the same everywhere. */
export const MACHINE = {
  hostname: "lab pc.local",
  processors: 4,
  home: "/home/ada",
  env: { PATH: "/usr/bin" },
};

/** Loads a file with this text; a problem fails the test. */
export function loaded(text: string | Buffer, cwd = folderWith(text)): LoadedConfig {
  const result = loadConfig({ ...MACHINE, cwd });
  if (result.kind === "problems") throw new Error(result.problems.map(describeProblem).join("\n"));
  return result.value;
}

/** The problems of a file with this text. */
export function problemsOf(text: string | Buffer): readonly Problem[] {
  const result = loadConfig({ ...MACHINE, cwd: folderWith(text) });
  return result.kind === "problems" ? result.problems : [];
}

/** Problems as people read them, the folder left out. */
export function told(problems: readonly Problem[]): string[] {
  return problems.map((problem) => describeProblem({ ...problem, file: "QMserv.cfg" }));
}
