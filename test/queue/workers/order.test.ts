import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type EndIntent, shortEndIntent } from "../../../src/job/launch.ts";
import { layoutOf } from "../../../src/queue/layout.ts";
import {
  Orders,
  orderedInputs,
  readOrderMarks,
  writeRevoked,
  writeStartOrder,
} from "../../../src/queue/workers/order.ts";
import { workerFiles } from "../../../src/queue/workers/worker-files.ts";
import { launch } from "../../plan/snapshots.ts";
import { scratchFolder } from "../../support/scratch.ts";

let folder: string;
let attempt: string;

const LAUNCH = launch("job", { runId: "a".repeat(32), worker: "lab2", remote: true });

beforeEach(() => {
  folder = workerFiles(layoutOf(scratchFolder()), "lab2").folder;
  attempt = path.join(folder, "job.1");
  fs.mkdirSync(attempt, { recursive: true });
});

function write(name: string, value: unknown): void {
  fs.writeFileSync(path.join(attempt, name), JSON.stringify(value));
}

const ORDER = { inputs: [{ path: "in.csv", bytes: 3 }], killGraceSeconds: 10, environment: { A: "b" } };

describe("the orders of a worker", () => {
  it("are none where its folder is missing", () => {
    expect(new Orders(path.join(folder, "nowhere")).read()).toEqual([]);
  });

  it("may start once the last of their files is there", () => {
    write("launch.json", LAUNCH);
    expect(new Orders(folder).read()).toEqual([{ folder: attempt, launch: LAUNCH, isRevoked: false }]);
    writeStartOrder(attempt, ORDER);
    expect(new Orders(folder).read()).toMatchObject([{ start: { version: 1, ...ORDER } }]);
    expect(readOrderMarks(attempt)).toEqual({ isOrdered: true, isRevoked: false });
  });

  it("tell that they are taken back, and that they are to end", () => {
    write("launch.json", LAUNCH);
    const end = { version: 1, kind: "killed", by: "ada", bootId: "boot", atUptimeSeconds: 5 };
    write("end.json", end);
    writeRevoked(attempt);
    expect(new Orders(folder).read()).toMatchObject([{ isRevoked: true, end }]);
    expect(readOrderMarks(attempt)).toEqual({ isOrdered: false, isRevoked: true });
  });

  it.each([
    ["without a launch", () => undefined],
    ["with a torn launch", () => fs.writeFileSync(path.join(attempt, "launch.json"), '{"version":1,')],
    [
      "that another program of this machine may start",
      () => write("launch.json", { ...LAUNCH, remote: undefined }),
    ],
  ])("are not those %s", (_, prepare) => {
    prepare();
    expect(new Orders(folder).read()).toEqual([]);
  });

  it("of which one is on its way out do not count it", () => {
    write("launch.json", LAUNCH);
    fs.renameSync(attempt, path.join(folder, ".leaving-1"));
    fs.writeFileSync(path.join(folder, "report.json"), "{}");
    expect(new Orders(folder).read()).toEqual([]);
  });

  it("may not start by an order that is torn, or of a later version", () => {
    write("launch.json", LAUNCH);
    write("order.json", { version: 2, ...ORDER });
    expect(new Orders(folder).read()).toEqual([{ folder: attempt, launch: LAUNCH, isRevoked: false }]);
  });

  it("forget that one may start where another launch lies in its folder", () => {
    const orders = new Orders(folder);
    write("launch.json", LAUNCH);
    writeStartOrder(attempt, ORDER);
    expect(orders.read()).toMatchObject([{ start: ORDER }]);
    expect(orders.read()).toMatchObject([{ start: ORDER }]);
    fs.rmSync(path.join(attempt, "order.json"));
    const other = { ...LAUNCH, runId: "another" };
    write("launch.json", other);
    expect(orders.read()).toEqual([{ folder: attempt, launch: other, isRevoked: false }]);
  });

  it("tell that they are to end though the disk had room for a link alone", () => {
    write("launch.json", LAUNCH);
    const end: EndIntent = { version: 1, kind: "killed", by: "ada", bootId: "boot", atUptimeSeconds: 5 };
    fs.symlinkSync(shortEndIntent(end, 59), path.join(attempt, "end.json"));
    expect(new Orders(folder).read()).toMatchObject([{ end: { kind: "killed", by: "ada" } }]);
  });

  it("name the files that lay in the folder, and only the name of one that the manager writes into", () => {
    const mtimeMs = 1;
    const entries = [
      { path: "sub", type: "folder", bytes: 0, mtimeMs },
      { path: "sub/in.csv", type: "file", bytes: 3, mtimeMs },
      { path: "\u00e9", latin1: true as const, type: "file", bytes: 0, mtimeMs },
      { path: "job.json", type: "file", bytes: 70, mtimeMs, status: true as const },
      { path: "old.txt", type: "file", bytes: 2, mtimeMs, earlier: true as const },
      { path: "link", type: "link", bytes: 0, mtimeMs },
    ];
    expect(orderedInputs({ version: 1, entries })).toEqual([
      { path: "sub/in.csv", bytes: 3 },
      { path: "\u00e9", latin1: true, bytes: 0 },
      { path: "job.json" },
      { path: "old.txt", bytes: 2 },
    ]);
  });
});
