import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readResults } from "../../bench/results.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const TSX = path.join(ROOT, "node_modules/.bin/tsx");
const PARTS = ["latency", "throughput", "rest", "growth", "floor"];
const PATIENCE_MS = 300_000;

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "qm-bench-test-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

test("the benchmark measures every part, and a part measured again leaves the others as they were", {
  timeout: PATIENCE_MS,
}, async () => {
  await bench();
  const first = results();
  expect(Object.keys(first.parts)).toEqual(PARTS);
  for (const [part, { cells }] of Object.entries(first.parts)) {
    expect(cells.length, part).toBeGreaterThan(3);
    for (const cell of cells) if (!("missing" in cell)) expectPlausible(cell);
  }
  expectAllTold();

  await bench("floor");
  const { floor: measuredAgain, ...others } = results().parts;
  const { floor: measuredFirst, ...same } = first.parts;
  expect(others).toEqual(same);
  expect(measuredAgain?.measuredAt).not.toBe(measuredFirst?.measuredAt);
});

test("a part that there is not is refused, with those that there are", async () => {
  const refused = await bench("speed").catch((error: { code: number; stderr: string }) => error);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(PARTS.join(", ")) });
});

async function bench(...parts: string[]): Promise<void> {
  await promisify(execFile)(TSX, [path.join(ROOT, "bench/run.ts"), "--quick", "--out", folder, ...parts]);
}

function results() {
  return readResults(path.join(folder, "results.json"));
}

function expectPlausible(figure: { row: string; column: string; unit: string; value: number }): void {
  const name = `${figure.row}, ${figure.column}`;
  expect(figure.value, name).toBeLessThan(Number.POSITIVE_INFINITY);
  // A process at rest may for a second really do nothing.
  if (figure.unit === "s/min") expect(figure.value, name).toBeGreaterThanOrEqual(0);
  else expect(figure.value, name).toBeGreaterThan(0);
}

/** Every figure and every target stands in the table for people. */
function expectAllTold(): void {
  const text = fs.readFileSync(path.join(folder, "RESULTS.md"), "utf8");
  for (const { cells } of Object.values(results().parts))
    for (const { row } of cells) expect(text).toContain(`| ${row} |`);
  expect(text).toMatch(/start of a ready job.*(\*\*not met\*\*|met|not measured)/);
}
