import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeDoing } from "../../src/cli/wait-in-sight.ts";
import type { PublishedStatus } from "../../src/job/published-status.ts";
import type { Stage } from "../../src/queue/layout.ts";
import { publishedStatus } from "../support/published-status.ts";
import { until } from "../support/until.ts";
import { Scratch } from "./cli-fixture.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

const common = {
  name: "fit",
  owner: "ada",
  description: "",
  processors: 1,
  queuedAt: "2026-01-01T00:00:00.000Z",
};
const waiting = {
  ...common,
  state: "waiting" as const,
  priority: 0,
  bytes: 1,
  rank: 2,
  held: false,
  reason: "the processors are busy",
};
const running = { ...common, runId: "r", attempt: 1, state: "running" as const };

describe("the line that tells what a job does", () => {
  it.each<[string, Stage, Partial<PublishedStatus>, string | undefined]>([
    ["is not seen by the manager yet", "queue", {}, "fit: arriving"],
    [
      "arrives",
      "queue",
      { arriving: [{ name: "fit", state: "arriving", bytes: 1, files: 1, reason: "still changing" }] },
      "fit: arriving: still changing",
    ],
    [
      "waits",
      "queue",
      { waiting: [{ ...waiting, name: "other", rank: 1 }, waiting] },
      "fit: waiting at place 2 of 2: the processors are busy",
    ],
    [
      "is expected to start",
      "queue",
      { waiting: [{ ...waiting, expectedStartSeconds: 300 }] },
      "fit: waiting at place 2 of 1, starts in about 5 min: the processors are busy",
    ],
    [
      "is held",
      "queue",
      { waiting: [{ ...waiting, held: true, reason: "held" }] },
      "fit: held at place 2 of 1: held",
    ],
    ["is being started", "running", {}, "fit: starting, 3 / 10 (30 %)"],
    ["runs", "running", { running: [running] }, "fit: running, 3 / 10 (30 %)"],
    [
      "is being ended",
      "running",
      { running: [{ ...running, state: "ending", note: "n" }] },
      "fit: ending, 3 / 10 (30 %), n",
    ],
    ["has ended", "finished", {}, undefined],
  ])("of one that %s", (_, stage, changes, words) => {
    const { layout } = scratch;
    fs.mkdirSync(path.join(layout.running, "fit"));
    fs.writeFileSync(path.join(layout.running, "fit", "process.log"), "step 3 / 10\n");
    const where = { kind: "here", name: "fit", stage, folder: path.join(layout[stage], "fit") } as const;
    expect(describeDoing(where, publishedStatus(layout.root, changes), layout)).toBe(words);
  });

  it("says for how long a job runs", () => {
    const startedAt = new Date(Date.now() - 7_200_000).toISOString();
    const status = publishedStatus(scratch.layout.root, { running: [{ ...running, startedAt }] });
    const where = { kind: "here", name: "fit", stage: "running", folder: "" } as const;
    expect(describeDoing(where, status, scratch.layout)).toMatch(/^fit: running for 2 h/);
  });
});

describe("waiting on a terminal", () => {
  it("shows one line, redrawn in place and erased at the end, then the job's own last word", async () => {
    await scratch.startManager();
    const script = "until [ -e go ]; do sleep 0.05; done; echo 'Error: no mesh'; exit 7";
    const waits = ["submit", "--wait", "--name", "fit\u001b[2J", "--", script];
    const submitted = scratch.run(waits, { tty: true, columns: 30, env: { NO_COLOR: "1" } });
    const folder = path.join(scratch.layout.running, "fit\u001b[2J");
    await until("its start", () => fs.existsSync(path.join(folder, "process.log")));
    const seen = await until("its running to be published", () =>
      fs.readFileSync(scratch.layout.status, "utf8").includes('"state":"running"'),
    );
    expect(seen).toBe(true);
    fs.writeFileSync(path.join(folder, "go"), "");
    const { code, err } = await submitted;
    expect(code).toBe(7);
    const shown = err.split("\r\u001b[2K");
    expect(shown.length).toBeGreaterThan(2);
    expect(
      shown.every((line, at) => at === shown.length - 1 || (line.length < 30 && !/\p{Cc}/u.test(line))),
    ).toBe(true);
    expect(shown.at(-1)).toMatch(/^FAILED fit\\x1b\[2J after .*: Error: no mesh \(exit code 7\)\n$/);
  });

  it.each([
    ["is no terminal", {}],
    ["cannot redraw a line", { tty: true, env: { TERM: "dumb" } }],
  ])("shows none where stderr %s", async (_, around) => {
    scratch.put("queue", "fit");
    const aborted = scratch.run(["wait", "fit"], { ...around, signal: AbortSignal.abort() });
    expect((await aborted).err).not.toContain("\r");
  });
});
