import type { QueueView } from "../../src/app/queue-view.ts";
import { quietView, running, waiting } from "./domain.ts";

const ANN = "ann@lab.example";
const BEN = "ben@lab.example";
const CHEN = "chen@lab.example";

/** The end of each running job's log. */
export const LAB_LOGS: ReadonlyMap<string, string> = new Map([
  ["assembly-chr07", "contigs merged: 6120\nround 31 / 40"],
  ["docking-set-12", "ligand 1880 / 2500: score -9.4"],
  ["heart-ct-segmentation", "epoch 3, loss 0.0812, 27 %"],
  ["md-lysozyme-310K", "step written, temperature 309.8 K"],
]);

/** A lab's queue on an ordinary day. */
export function labView(nowMs: number): QueueView {
  const log = (name: string) => LAB_LOGS.get(name) ?? "";
  return quietView({
    processors: { max: 16, busy: 15 },
    arriving: [
      { name: "microscope-2026-03", state: "arriving", bytes: 4.2e9, files: 318, reason: "is still growing" },
    ],
    running: [
      running(nowMs, {
        name: "assembly-chr07",
        owner: ANN,
        description: "Assembly with the new reads",
        processors: 8,
        seconds: 9_400,
        log: log("assembly-chr07"),
      }),
      running(nowMs, {
        name: "docking-set-12",
        owner: BEN,
        description: "Kinase inhibitors, second library",
        processors: 4,
        seconds: 5_050,
        log: log("docking-set-12"),
      }),
      running(nowMs, {
        name: "heart-ct-segmentation",
        owner: CHEN,
        processors: 2,
        seconds: 1_260,
        timeLimitSeconds: 7_200,
        log: log("heart-ct-segmentation"),
      }),
      running(nowMs, {
        name: "md-lysozyme-310K",
        owner: BEN,
        description: "Molecular dynamics, third repeat",
        processors: 1,
        seconds: 23_800,
        log: log("md-lysozyme-310K"),
      }),
    ],
    waiting: [
      waiting(nowMs, {
        name: "assembly-chr08",
        owner: ANN,
        description: "Assembly with the new reads",
        rank: 1,
        processors: 8,
        seconds: 2_700,
        reason: "needs 8 processors, 1 is free",
        expectedStartSeconds: 2_730,
      }),
      waiting(nowMs, {
        name: "docking-set-13",
        owner: BEN,
        rank: 2,
        processors: 4,
        seconds: 1_500,
        reason: "«assembly-chr08» is before it",
        expectedStartSeconds: 2_730,
      }),
      waiting(nowMs, {
        name: "protein-folding-42",
        owner: CHEN,
        description: "As soon as the license is back",
        rank: 3,
        processors: 2,
        seconds: 86_000,
        held: true,
        reason: "held: take away the file QM_HOLD to release it, or use `qm release`",
      }),
    ],
  });
}
