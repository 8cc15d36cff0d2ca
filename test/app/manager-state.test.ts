import fs from "node:fs";
import os from "node:os";
import { beforeEach, describe, expect, it } from "vitest";
import { hasManager, managerState, silenceOf } from "../../src/app/manager-state.ts";
import type { Layout } from "../../src/queue/layout.ts";
import { publishStatus } from "../support/published-status.ts";
import { makeQueueFolder } from "../support/queue-folder.ts";

const ALIVE = { isAlive: () => true };
const DEAD = { isAlive: () => false };

let layout: Layout;

beforeEach(() => {
  ({ layout } = makeQueueFolder());
});

/** Publishes a status whose last sign of life is this old. */
function publish(ageSeconds: number, host = os.hostname()): void {
  publishStatus(layout, { host });
  const seconds = Date.now() / 1000 - ageSeconds;
  fs.utimesSync(layout.status, seconds, seconds);
}

describe("a manager on this machine", () => {
  it("is alive while its process is, and absent once it is not", () => {
    publish(1);
    expect(managerState(layout, ALIVE)).toEqual({
      kind: "alive",
      status: expect.objectContaining({ pid: 77 }),
    });
    expect(managerState(layout, DEAD)).toMatchObject({ kind: "absent", lastSeen: expect.any(String) });
    fs.rmSync(layout.status);
    expect(managerState(layout, ALIVE)).toEqual({ kind: "absent" });
  });

  it("that has given no sign of life for long is alive, and said to be silent", () => {
    publish(40);
    const state = managerState(layout, ALIVE);
    expect(hasManager(layout, ALIVE)).toBe(true);
    expect(state).toMatchObject({ kind: "alive", silentSeconds: expect.any(Number) });
    expect(silenceOf(state)).toMatch(
      /^the manager \(pid 77\) has given no sign of life for 4\d s: it is stopped or hangs$/,
    );
  });

  it.each([0, 9, -3600])("is not silent %s s after its last sign of life", (age) => {
    publish(age);
    const state = managerState(layout, ALIVE);
    expect(state).not.toHaveProperty("silentSeconds");
    expect(silenceOf(state)).toBeUndefined();
  });
});

describe("a manager on another machine", () => {
  it("is believed by its sign of life alone", () => {
    publish(1, "another");
    expect(managerState(layout, DEAD)).toMatchObject({ kind: "alive" });
    publish(60, "another");
    expect(managerState(layout, ALIVE)).toMatchObject({ kind: "absent" });
  });

  it("is absent as soon as it has given back its lock", () => {
    publish(1, "another");
    fs.writeFileSync(layout.lock, "{}");
    expect(managerState(layout, DEAD)).toMatchObject({ kind: "alive" });
    fs.truncateSync(layout.lock);
    expect(managerState(layout, DEAD)).toMatchObject({ kind: "absent" });
  });
});

describe("a manager under this host name whose pid tells nothing here", () => {
  it("is believed by its sign of life", () => {
    publish(1);
    expect(hasManager(layout, { isAlive: () => undefined })).toBe(true);
    publish(60);
    expect(hasManager(layout, { isAlive: () => undefined })).toBe(false);
  });
});
