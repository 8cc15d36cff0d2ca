import fs from "node:fs";
import path from "node:path";
import { tryOr } from "../../text/try-or.ts";

/**
 * True where process 1 is Node.js, as in a container without an init: children whose parents have ended come to it, and it waits for
 * none but those it has started itself. False where it cannot be seen.
 */
export function isNodeFirst(cmdline = "/proc/1/cmdline"): boolean {
  // npm writes its own name over its command line: "npm start".
  const [program = ""] = tryOr(() => fs.readFileSync(cmdline, "latin1"), "").split(/[\0 ]/);
  return ["node", "npm"].includes(path.basename(program));
}
