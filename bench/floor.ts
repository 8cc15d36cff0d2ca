import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Cell, spread } from "./figure.ts";
import type { Part } from "./part.ts";
import { spawnTrue } from "./spawn-true.ts";

const ROUNDS = { full: 5, quick: 2 } as const;
const SHARE = { full: 1, quick: 0.02 } as const;
const COLUMN = "once";
const LINE = `${"x".repeat(511)}\n`;

/** The parts that a queue is made of, each by itself: nothing above them can be faster. */
const DEEDS: readonly Deed[] = [
  { row: "Node starts `sh -c true`, two in flight", times: 300, act: (times) => spawnTrue(times, 2) },
  { row: "rename of a folder into another", times: 5000, act: renameFolders },
  { row: "new file of 512 bytes", times: 2000, act: (times, folder) => writeFiles(times, folder, false) },
  {
    row: "new file of 512 bytes, and fsync",
    times: 300,
    act: (times, folder) => writeFiles(times, folder, true),
  },
];

interface Deed {
  readonly row: string;
  /** In one round. */
  readonly times: number;
  readonly act: (times: number, folder: string) => Promise<void> | void;
}

/** The system's own time for the things that a queue does. */
export const floor: Part = {
  name: "floor",
  title: "What the system takes",
  about:
    "What a job queue written in Node cannot do without, by itself and without any queue, on the file system of the " +
    "temporary folder. The rounds are taken by turns.",
  measure: async (size, tell) => {
    const times = new Map<Deed, number[]>(DEEDS.map((deed) => [deed, []]));
    for (let round = 0; round < ROUNDS[size]; round += 1) {
      tell(`round ${round + 1} of ${ROUNDS[size]}`);
      for (const deed of DEEDS) times.get(deed)?.push(await millisecondsOf(deed, SHARE[size]));
    }
    return [...times].map(([{ row }, values]): Cell => spread([row, COLUMN], "ms", values));
  },
};

async function millisecondsOf({ times, act }: Deed, share: number): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "qm-bench-floor-"));
  const now = Math.ceil(times * share);
  try {
    const startMs = performance.now();
    await act(now, folder);
    return (performance.now() - startMs) / now;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function renameFolders(times: number, folder: string): void {
  const [here, there] = [path.join(folder, "here"), path.join(folder, "there")];
  for (const place of [here, there]) fs.mkdirSync(place);
  fs.mkdirSync(path.join(here, "job"));
  for (let at = 0; at < times; at += 1) {
    const [from, to] = at % 2 === 0 ? [here, there] : [there, here];
    fs.renameSync(path.join(from, "job"), path.join(to, "job"));
  }
}

function writeFiles(times: number, folder: string, durably: boolean): void {
  for (let at = 0; at < times; at += 1) {
    const file = fs.openSync(path.join(folder, String(at)), "w");
    fs.writeSync(file, LINE);
    if (durably) fs.fsyncSync(file);
    fs.closeSync(file);
  }
}
