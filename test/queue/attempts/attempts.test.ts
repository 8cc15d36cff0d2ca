import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { markVerified, recordEnd } from "../../../src/queue/attempts/attempt-marks.ts";
import { Attempts } from "../../../src/queue/attempts/attempts.ts";
import type { Layout } from "../../../src/queue/layout.ts";
import { endIntent, launch } from "../../plan/snapshots.ts";
import { makeQueueFolder } from "../../support/queue-folder.ts";
import { asOrdinaryUser, giveToOrdinaryUser, namesIn } from "../../support/scratch.ts";

let layout: Layout;
let attempts: Attempts;
let own = "";

beforeEach(() => {
  ({ layout } = makeQueueFolder());
  own = path.join(layout.state, "workers", "lab-1");
  attempts = new Attempts(layout, "lab-1");
});

/** View of a manager that has just been started. */
function afterRestart(worker = "lab-1") {
  return new Attempts(layout, worker).list();
}

describe("a launch written down", () => {
  it("is found after a crash, as it was", async () => {
    const attempt = await attempts.create(launch("job", { attempt: 3 }));
    expect(attempt).toEqual({
      folder: path.join(own, "job.3"),
      launch: launch("job", { attempt: 3 }),
      verified: false,
    });
    expect(attempts.list()).toEqual([attempt]);
    expect(afterRestart()).toEqual([attempt]);
  });

  it("can be read by the manager's user alone", async () => {
    const { folder } = await attempts.create(launch("job"));
    const modes = [own, folder, path.join(folder, "launch.json")].map(
      (file) => fs.statSync(file).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  it("takes the place of what an earlier job of that name has left, whichever attempt it was", async () => {
    fs.writeFileSync(path.join((await attempts.create(launch("job", { attempt: 1 }))).folder, "exit"), "0");
    await attempts.create(launch("job", { attempt: 2, runId: "second" }));
    const again = await attempts.create(launch("job", { attempt: 1, runId: "third" }));
    expect(attempts.list()).toEqual([again]);
    expect(namesIn(own)).toEqual(["job.1"]);
    expect(namesIn(again.folder)).toEqual(["launch.json"]);
  });

  it("takes the place of a folder that a crash left without a launch", async () => {
    fs.mkdirSync(path.join(own, "job.1"), { recursive: true });
    fs.writeFileSync(path.join(own, "job.1", "launch.json"), '{"vers');
    const attempt = await new Attempts(layout, "lab-1").create(launch("job"));
    expect(namesIn(attempt.folder)).toEqual(["launch.json"]);
  });

  it("takes the place of a launch that was there at the start and cannot be understood", async () => {
    fs.mkdirSync(path.join(own, "job.1"), { recursive: true });
    fs.writeFileSync(path.join(own, "job.1", "launch.json"), '{"version":2}');
    const attempt = await new Attempts(layout, "lab-1").create(launch("job"));
    expect(afterRestart()).toEqual([attempt]);
  });

  it("leaves one alone that another manager has written since the last look", async () => {
    const other = await new Attempts(layout, "lab-1").create(launch("job", { runId: "other" }));
    await expect(attempts.create(launch("job"))).rejects.toMatchObject({ code: "EEXIST" });
    expect(afterRestart()).toEqual([other]);
  });

  it.each(["jo", "job.1", "job.1.1", "jobs", "JOB", "j.b", "job+"])(
    "leaves those of other jobs alone: %s",
    async (other) => {
      const kept = await attempts.create(launch(other));
      await attempts.create(launch("job"));
      await attempts.create(launch("j.*"));
      expect(attempts.list()).toContainEqual(kept);
    },
  );

  it.each([
    ["of 255 bytes", "x".repeat(255)],
    ["of 255 bytes in long characters", "語".repeat(85)],
    ["with spaces, quotes and a new line", "a 'b' \"c\"\nd"],
    ["that looks like a pattern", "(a|b)*[c]$"],
  ])("may be that of a name %s", async (_, name) => {
    const attempt = await attempts.create(launch(name));
    expect(afterRestart()).toEqual([attempt]);
    attempts.removeAllOf(name);
    expect(afterRestart()).toEqual([]);
  });

  it("keeps two long names apart that differ at their end", async () => {
    const names = ["a", "b"].map((ending) => "x".repeat(254) + ending);
    for (const name of names) await attempts.create(launch(name));
    expect(
      afterRestart()
        .map((attempt) => attempt.launch.name)
        .toSorted(),
    ).toEqual(names);
  });

  it("throws where it cannot be written, and leaves no attempt", async () => {
    fs.writeFileSync(path.join(layout.state, "workers"), "");
    await expect(attempts.create(launch("job"))).rejects.toThrow();
    expect(afterRestart()).toEqual([]);
  });
});

describe("the attempts there are", () => {
  it("are none before the first", () => expect(attempts.list()).toEqual([]));

  it("are those of other worker names too, as a computer may be renamed", async () => {
    const old = await new Attempts(layout, "old-name").create(launch("job"));
    expect(afterRestart("new-name")).toEqual([old]);
    const renamed = new Attempts(layout, "new-name");
    renamed.list();
    const attempt = await renamed.create(launch("job", { attempt: 2 }));
    expect(afterRestart("new-name")).toEqual([attempt]);
  });

  it("do not count what a crash has left before the launch was whole", () => {
    fs.mkdirSync(path.join(own, "empty.1"), { recursive: true });
    fs.mkdirSync(path.join(own, "torn.1"));
    fs.writeFileSync(path.join(own, "torn.1", "launch.json"), '{"version":1,"na');
    fs.writeFileSync(path.join(own, "a file"), "");
    expect(attempts.list()).toEqual([]);
  });

  it("are swept away by the next manager where the launch was never whole, and no others", async () => {
    await attempts.create(launch("whole"));
    for (const name of ["torn.1", "newer.1", "unreadable.1"]) fs.mkdirSync(path.join(own, name));
    fs.writeFileSync(path.join(own, "torn.1", "launch.json"), '{"version":1,"na');
    fs.writeFileSync(path.join(own, "newer.1", "launch.json"), '{"version":2}');
    fs.mkdirSync(path.join(own, "unreadable.1", "launch.json"));
    new Attempts(layout, path.basename(own));
    expect(namesIn(own)).toEqual(["newer.1", "unreadable.1", "whole.1"]);
  });

  it("are seen to be gone when their folder is, and seen anew when it comes back", async () => {
    await attempts.create(launch("job"));
    attempts.list();
    const aside = path.join(layout.root, "aside");
    fs.renameSync(own, aside);
    expect(attempts.list()).toEqual([]);
    fs.rmSync(path.join(aside, "job.1", "launch.json"));
    fs.writeFileSync(
      path.join(aside, "job.1", "launch.json"),
      JSON.stringify(launch("job", { runId: "another" })),
    );
    fs.renameSync(aside, own);
    expect(attempts.list()).toMatchObject([{ launch: { runId: "another" } }]);
  });

  it.each([
    ["a launch", (folder: string) => path.join(folder, "launch.json")],
    ["a decision to end", (folder: string) => path.join(folder, "end.json")],
  ])("cannot be told, rather than being taken for none, where %s cannot be read", async (_, fileIn) => {
    const attempt = await attempts.create(launch("job"));
    recordEnd(attempt.folder, endIntent("killed"));
    giveToOrdinaryUser(layout.root, layout.state, path.dirname(own), own, attempt.folder);
    for (const name of namesIn(attempt.folder)) giveToOrdinaryUser(path.join(attempt.folder, name));
    const file = fileIn(attempt.folder);
    fs.chmodSync(file, 0);
    expect(() => asOrdinaryUser(() => afterRestart())).toThrow(`${file} cannot be read (EACCES)`);
  });

  it("cannot be told where their folder cannot be read", async () => {
    await attempts.create(launch("job"));
    fs.chmodSync(own, 0);
    expect(() => asOrdinaryUser(() => afterRestart())).toThrow("EACCES");
  });
});

describe("an attempt that has been accounted for", () => {
  it("is forgotten with all its records, and can be forgotten again", async () => {
    const attempt = await attempts.create(launch("job"));
    markVerified(attempt.folder);
    const other = await attempts.create(launch("other"));
    attempts.remove(attempt);
    attempts.remove(attempt);
    expect(attempts.list()).toEqual([other]);
    expect(namesIn(own)).toEqual(["other.1"]);
  });
});
