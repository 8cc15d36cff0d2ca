import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** Has programs remember things in a folder of this run's own, as the queues that this machine remembers are not those of tests. */
export function setup(): () => void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "qm-test-state-"));
  process.env["XDG_STATE_HOME"] = folder;
  return () => fs.rmSync(folder, { recursive: true, force: true });
}
