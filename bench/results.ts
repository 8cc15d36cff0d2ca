import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { parseJson } from "../src/text/parse-json.ts";
import { cellSchema } from "./figure.ts";
import { machineFacts, versionFacts } from "./machine.ts";
import type { Part, Size, Tell } from "./part.ts";

const factsSchema = z.record(z.string(), z.string());

const measuredPartSchema = z.object({
  measuredAt: z.string(),
  tookSeconds: z.number(),
  size: z.enum(["full", "quick"]),
  /** Number of processes that wanted to run, on the average of a minute: the machine's other work. */
  loadBefore: z.number(),
  machine: factsSchema,
  versions: factsSchema,
  cells: z.array(cellSchema).readonly(),
});

const resultsSchema = z.object({ version: z.literal(1), parts: z.record(z.string(), measuredPartSchema) });

/** A part's table with what belongs to it. */
export type MeasuredPart = z.infer<typeof measuredPartSchema>;

/** Content of `results.json`: the latest figures of each part, by its name. */
export type Results = z.infer<typeof resultsSchema>;

/** Measures one part. */
export async function measurePart(part: Part, size: Size, tell: Tell): Promise<MeasuredPart> {
  const [loadBefore = Number.NaN] = os.loadavg();
  const start = new Date();
  const cells = await part.measure(size, (line) => tell(`${part.name}: ${line}`));
  return {
    measuredAt: start.toISOString(),
    tookSeconds: Math.round((Date.now() - start.getTime()) / 1000),
    size,
    loadBefore: Math.round(loadBefore * 100) / 100,
    machine: machineFacts(),
    versions: versionFacts(),
    cells,
  };
}

/** The figures measured before; nothing where there is no such file or another program's. */
export function readResults(file: string): Results {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  return parseJson(resultsSchema, text) ?? { version: 1, parts: {} };
}

/** Keeps what was measured. */
export function writeResults(file: string, results: Results): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}
