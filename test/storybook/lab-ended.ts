import type { ListedJob } from "../../src/web/ended/ended-index.ts";
import { ended } from "./domain.ts";

const ANN = "ann@lab.example";
const BEN = "ben@lab.example";
const CHEN = "chen@lab.example";

/** Jobs of that lab that have ended, newest first. */
export function labEnded(nowMs: number): ListedJob[] {
  return [
    ended(nowMs, {
      name: "assembly-chr06",
      owner: ANN,
      description: "Assembly with the new reads",
      processors: 8,
      seconds: 9_450,
      ranSeconds: 12_100,
      size: "2.1 Gb",
    }),
    ended(nowMs, {
      name: "phylogeny-corals",
      owner: CHEN,
      description: "1,200 taxa, bootstrap",
      processors: 4,
      seconds: 14_000,
      ranSeconds: 3_900,
      size: "1200 taxa",
      state: "failed",
      reason: "Error: no tree fits 14 of the taxa (exit code 3)",
    }),
    ended(nowMs, {
      name: "docking-set-11",
      owner: BEN,
      description: "Kinase inhibitors, first library",
      processors: 4,
      seconds: 19_000,
      ranSeconds: 6_730,
      size: "2500 ligands",
    }),
    ended(nowMs, {
      name: "md-lysozyme-300K",
      owner: BEN,
      description: "Molecular dynamics, second repeat",
      seconds: 31_000,
      ranSeconds: 28_300,
    }),
    ended(nowMs, {
      name: "liver-ct-segmentation",
      owner: CHEN,
      processors: 2,
      seconds: 80_000,
      ranSeconds: 5_400,
      size: "64 scans",
      warning: "left 2 processes running, which were ended: sh, python3; put `wait` at the end of the script",
    }),
    ended(nowMs, {
      name: "assembly-chr05",
      owner: ANN,
      description: "Assembly with the new reads",
      processors: 8,
      seconds: 95_000,
      ranSeconds: 11_800,
      size: "1.9 Gb",
    }),
    ended(nowMs, {
      name: "qc-reads-batch-9",
      owner: ANN,
      seconds: 120_000,
      ranSeconds: 640,
      size: "96 samples",
    }),
  ];
}

/** Attempts that have ended over some months, for statistics: the same at every call. */
export function labAttempts(nowMs: number): ListedJob[] {
  const owners = [ANN, ANN, BEN, BEN, BEN, CHEN, "dana@lab.example", "eli@lab.example"];
  return Array.from({ length: 420 }, (_, at) => {
    const chance = (at * 7919) % 101;
    return ended(nowMs, {
      name: `run-${at}`,
      owner: owners[(at * 13) % owners.length] ?? ANN,
      processors: [1, 2, 4, 8][(at * 5) % 4] ?? 1,
      state: chance < 6 ? "failed" : chance < 8 ? "killed" : "done",
      seconds: ((419 - at) / 420) * 30 * 86_400 * (0.9 + chance / 1000),
      ranSeconds: 300 + ((at * 3571) % 14_000),
      waitedSeconds: ((at * 2371) % 5_400) * (chance > 60 ? 1 : 0.1),
    });
  }).toSorted((a, b) => a.finishedMs - b.finishedMs);
}
