import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Readiness } from "../../../src/plan/settle.ts";
import { Arrival, identityOf } from "../../../src/queue/intake/arrival.ts";
import { isUnfinishedName } from "../../../src/text/unfinished-names.ts";
import {
  asOrdinaryUser,
  fill,
  giveToOrdinaryUser,
  rootOrSkip,
  scratchFolder,
} from "../../support/scratch.ts";
import { mountOrSkip } from "../../support/tools.ts";

const RULES = { isUnfinished: isUnfinishedName, jobFiles: () => [] };

let folder = "";

beforeEach(() => {
  folder = fill(scratchFolder(), { "run.sh": "" });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an arriving folder", () => {
  it("has not been seen before its first survey is whole, whatever is asked", () => {
    const arrival = new Arrival(folder, true, RULES);
    expect(arrival.readiness(true, 2, 0)).toEqual({ kind: "unseen" });
    arrival.advance(0, 1000);
    expect(arrival.readiness(false, 2, 0)).toMatchObject({ kind: "ready" });
  });

  it("is left in peace for a quarter of a second after each survey", () => {
    const arrival = new Arrival(folder, false, RULES);
    arrival.advance(0, 1000);
    fill(folder, { more: "" });
    arrival.advance(249, 1000);
    expect(arrival.survey?.files).toBe(1);
    arrival.advance(arrival.nextSurveyMs, 1000);
    expect(arrival.survey?.files).toBe(2);
  });

  it("is surveyed for no more than a tenth of the time", () => {
    let clockMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => {
      clockMs += 200;
      return clockMs;
    });
    const arrival = new Arrival(folder, false, RULES);
    arrival.advance(0, 1e6);
    expect(arrival.nextSurveyMs).toBeGreaterThanOrEqual(10 * 200);
  });

  it("that vanishes or cannot be read is told as such, and looked at again later", () => {
    const arrival = new Arrival(folder, false, RULES);
    arrival.advance(0, 1000);
    const aside = path.join(scratchFolder(), "aside");
    fs.renameSync(folder, aside);
    arrival.advance(1000, 1000);
    expect(arrival.readiness(false, 2, 1000)).toEqual({ kind: "unreadable", why: "ENOENT" });
    fs.renameSync(aside, folder);
    arrival.advance(2000, 1000);
    expect(arrival.readiness(false, 2, 2000)).toMatchObject({ kind: "ready" });
  });
});

describe("a whole folder whose info file the manager may not read", () => {
  const jobFiles = () => ["proc_config.cfg", "job.sh"];

  function lookedAt(): Readiness {
    const arrival = new Arrival(folder, true, { isUnfinished: () => false, jobFiles });
    asOrdinaryUser(() => arrival.advance(0, 1000));
    return arrival.readiness(false, 2, 0);
  }

  it.each(["proc_config.cfg", "job.sh"])("waits for the right, whichever it is: %s", (info) => {
    fill(folder, { [info]: "" });
    fs.chmodSync(path.join(folder, info), 0);
    const name = path.basename(folder);
    expect(lookedAt()).toMatchObject({ kind: "unreadable", part: info, denied: { name, isGroups: true } });
    fs.chmodSync(path.join(folder, info), 0o644);
    expect(lookedAt()).toEqual({ kind: "ready" });
  });

  it("is ready where it cannot be read for another reason, of which its refusal tells", () => {
    fs.mkdirSync(path.join(folder, "job.sh"), 0);
    expect(lookedAt()).toEqual({ kind: "ready" });
  });

  it.runIf(rootOrSkip())("is to be opened to all where the manager is not in its group", () => {
    fill(folder, { "job.sh": "" });
    fs.chmodSync(path.join(folder, "job.sh"), 0o600);
    fs.chownSync(path.join(folder, "job.sh"), 54_321, 54_321);
    expect(lookedAt()).toMatchObject({ denied: { owner: "uid 54321", isGroups: false } });
    giveToOrdinaryUser(path.join(folder, "job.sh"));
    expect(lookedAt()).toEqual({ kind: "ready" });
  });
});

describe.runIf(rootOrSkip())("a mount point", () => {
  it("is named as one, and not admitted", () => {
    const arrival = new Arrival(folder, true, RULES);
    if (!mountOrSkip(folder)) return;
    try {
      fill(folder, { "job.sh": "" });
      arrival.advance(0, 1000);
      expect(arrival.readiness(true, 2, 0)).toEqual({ kind: "mount_point" });
    } finally {
      spawnSync("umount", ["-l", folder]);
    }
    fill(folder, { "job.sh": "" });
    arrival.advance(1000, 1000);
    expect(arrival.readiness(true, 2, 1000)).toEqual({ kind: "ready" });
  });
});

it("knows a folder again by its identity when it is renamed, and no other for it", () => {
  const before = identityOf(fs.lstatSync(folder));
  const renamed = path.join(scratchFolder(), "renamed");
  fs.renameSync(folder, renamed);
  fs.mkdirSync(folder);
  expect(identityOf(fs.lstatSync(renamed))).toBe(before);
  expect(identityOf(fs.lstatSync(folder))).not.toBe(before);
});
