import os from "node:os";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/queue/explain.ts";

function failure(code: string, path?: string): Error {
  return Object.assign(
    new Error(`${code}: what the system says`),
    path === undefined ? { code } : { code, path },
  );
}

describe("an error in plain words", () => {
  it.each(["ENOSPC", "EDQUOT"])("says that the disk is full: %s", (code) => {
    expect(explain(failure(code))).toBe(`the disk is full (${code})`);
  });

  it.each(["EACCES", "EPERM"])("says who lacks a permission, where, and what to do: %s", (code) => {
    const who = `the manager (user ${os.userInfo().username}) lacks a permission`;
    const remedy = "give it the right, e.g. with chmod -R g+rwX";
    expect(explain(failure(code, "/q/job"))).toBe(`${who} at /q/job (${code}): ${remedy}`);
    expect(explain(failure(code))).toBe(`${who} (${code}): ${remedy}`);
  });

  it("is else what it says itself", () => {
    expect(explain(failure("EIO"))).toBe("EIO: what the system says");
    expect(explain("odd")).toBe("odd");
  });
});
