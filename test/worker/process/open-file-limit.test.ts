import { describe, expect, it } from "vitest";
import { type OpenFileLimits, softLimitBefore } from "../../../src/worker/process/open-file-limit.ts";

const limits = (soft: number, hard: number, isNode = false): OpenFileLimits => ({ soft, hard, isNode });
const node = (hard: number) => limits(hard, hard, true);
const own = node(4096);

describe("the soft limit of open files that a manager was started with", () => {
  it.each([
    ["of the shell that started it", [limits(256, 4096)], 256],
    ["above the Node.js that started its shell", [limits(4096, 4096), node(4096), limits(256, 4096)], 256],
    ["where the starter has no more than that", [limits(4096, 4096), limits(4096, 4096)], 4096],
    ["of the shell in which both were set", [limits(4096, 4096), limits(1024, 1_000_000)], 4096],
    ["unknown, above nothing but Node.js", [node(4096)], 1024],
    ["unknown, set by a service manager", [limits(1_000_000, 1_000_000)], 1024],
    ["unknown, nothing above it", [], 1024],
  ])("is %s", (_, ancestors, expected) => {
    expect(softLimitBefore(own, ancestors)).toBe(expected);
  });

  it("is what the starter says, but never above the hard limit", () => {
    const ancestors = [limits(256, 4096)];
    expect(softLimitBefore(own, ancestors, "2000")).toBe(2000);
    expect(softLimitBefore(own, ancestors, "unlimited")).toBe(4096);
    expect(softLimitBefore(own, ancestors, "many")).toBe(256);
    expect(softLimitBefore(node(512), [])).toBe(512);
  });

  it("may be none", () => {
    const none = Number.POSITIVE_INFINITY;
    expect(softLimitBefore(node(none), [limits(none, none)])).toBe(none);
  });
});
