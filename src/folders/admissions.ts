import fs from "node:fs";
import { z } from "zod";
import { jobInfoSchema } from "../core/launch.ts";
import { parseJson } from "../core/parse-json.ts";
import { writeFileAtomically } from "../files/durable.ts";

const admissionSchema = z.object({
  name: z.string(),
  /** Smaller runs first among equals; a job sent to the top gets one below all others. */
  place: z.number().int(),
  sentToTop: z.boolean(),
  admittedAtMs: z.number(),
  fingerprint: z.string(),
  /** The folder's own mtime when it was admitted: tells after a restart that nothing was added or removed. */
  folderMtimeMs: z.number(),
  bytes: z.number(),
  files: z.number(),
  info: jobInfoSchema,
});

/** A waiting job: when it was admitted, what it asks for, and how its folder looked then. */
export type Admission = z.infer<typeof admissionSchema>;

/**
 * The waiting jobs in memory, with a journal behind them so that a restart keeps their order. The journal is a cache:
 * without it the folders are admitted anew, in the order they are found.
 */
export class Admissions {
  readonly #file: string;
  readonly #byName = new Map<string, Admission>();
  #lines = 0;

  /** @param file the journal; unreadable lines are passed over */
  constructor(file: string) {
    this.#file = file;
    for (const line of readLines(file)) {
      const admission = parseJson(admissionSchema, line);
      if (admission !== undefined) this.#byName.set(admission.name, admission);
      this.#lines += 1;
    }
  }

  get(name: string): Admission | undefined {
    return this.#byName.get(name);
  }

  /** Adds or replaces. The journal may lag behind on a full disk; the next compaction makes up for it. */
  set(admission: Admission): void {
    this.#byName.set(admission.name, admission);
    this.#append(admission);
  }

  delete(name: string): void {
    this.#byName.delete(name);
  }

  /** A place behind all others. */
  lastPlace(): number {
    return this.#extremePlace((a, b) => a > b) + 1;
  }

  /** A place before all others. */
  firstPlace(): number {
    return this.#extremePlace((a, b) => a < b) - 1;
  }

  /** Forgets all whose folder is no longer in the queue. */
  retain(names: ReadonlySet<string>): void {
    for (const name of this.#byName.keys()) if (!names.has(name)) this.#byName.delete(name);
  }

  #extremePlace(better: (a: number, b: number) => boolean): number {
    let found: number | undefined;
    for (const { place } of this.#byName.values()) {
      if (found === undefined || better(place, found)) found = place;
    }
    return found ?? 0;
  }

  #append(admission: Admission): void {
    try {
      if (this.#lines > 2 * this.#byName.size + 1000) this.#compact();
      else fs.appendFileSync(this.#file, `${JSON.stringify(admission)}\n`);
      this.#lines += 1;
    } catch {
      // A cache: a job whose line is missing is admitted anew after a restart.
      this.#lines = Number.POSITIVE_INFINITY;
    }
  }

  #compact(): void {
    const lines = [...this.#byName.values()].map((admission) => `${JSON.stringify(admission)}\n`);
    writeFileAtomically(this.#file, lines.join(""));
    this.#lines = this.#byName.size;
  }
}

function readLines(file: string): string[] {
  try {
    return fs
      .readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}
