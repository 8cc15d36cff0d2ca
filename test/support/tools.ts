import { spawnSync } from "node:child_process";

/**
 * Whether a program that a test needs is on this machine. When it is missing, says so and the test skips itself;
 * with `QM_TEST_ALL=1` that is an error, so that a run meant to be complete cannot quietly leave something out.
 */
export function toolOrSkip(name: string): boolean {
  if (spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined) return true;
  if (process.env["QM_TEST_ALL"] === "1")
    throw new Error(`${name} is missing, and QM_TEST_ALL=1 wants all tests`);
  process.stderr.write(`skipped: ${name} is not on this machine\n`);
  return false;
}
