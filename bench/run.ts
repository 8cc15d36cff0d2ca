/**
 * Measures the built program beside what others use for the same. `npm run bench -- [PART…] [--quick] [--out FOLDER]`;
 * parts that are not named keep what was measured of them before.
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { floor } from "./floor.ts";
import { growth } from "./growth.ts";
import { latency } from "./latency.ts";
import { report } from "./report.ts";
import { rest } from "./rest.ts";
import { measurePart, readResults, writeResults } from "./results.ts";
import { throughput } from "./throughput.ts";

const PARTS = [latency, throughput, rest, growth, floor];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    out: { type: "string", default: import.meta.dirname },
  },
});
const size = values.quick ? "quick" : "full";
const chosen = positionals.length === 0 ? PARTS : positionals.map(partNamed);
const resultsFile = path.join(values.out, "results.json");
for (const part of chosen) {
  const measured = await measurePart(part, size, (line) => process.stderr.write(`${line}\n`));
  // Part by part, so that a run that is broken off loses none that is done.
  const before = readResults(resultsFile);
  const results = { ...before, parts: { ...before.parts, [part.name]: measured } };
  writeResults(resultsFile, results);
  const notes = fs.readFileSync(path.join(import.meta.dirname, "notes.md"), "utf8");
  fs.writeFileSync(path.join(values.out, "RESULTS.md"), report(PARTS, results, notes));
}
process.stdout.write(`${path.join(values.out, "RESULTS.md")}\n`);

function partNamed(name: string) {
  const found = PARTS.find((part) => part.name === name);
  if (found !== undefined) return found;
  process.stderr.write(`no part is named ${name}; there are ${PARTS.map((part) => part.name).join(", ")}\n`);
  return process.exit(2);
}
