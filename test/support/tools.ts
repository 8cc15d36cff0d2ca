import { spawnSync } from "node:child_process";

/**
 * True if the things that a test needs are here, for `runIf`. Where they are not, says so and the test skips itself; with
 * `QM_TEST_ALL=1` that is an error, so that a run meant to be complete cannot quietly leave something out.
 * @param what is needed: `exim4 (package exim4-daemon-light)`
 */
export function orSkip(isHere: boolean, what: string): boolean {
  if (isHere) return true;
  if (process.env["QM_TEST_ALL"] === "1") throw new Error(`QM_TEST_ALL=1 wants all tests; missing: ${what}`);
  process.stderr.write(`skipped for lack of ${what}\n`);
  return false;
}

/** True if a program that a test needs is on this machine, as {@link orSkip}. */
export function toolOrSkip(name: string): boolean {
  return orSkip(spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined, name);
}

/** Mounts an empty file system on a folder, which is the test's to unmount; as {@link orSkip} where that is not allowed. */
export function mountOrSkip(folder: string): boolean {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "none", folder]);
  return orSkip(status === 0, "the right to mount");
}
