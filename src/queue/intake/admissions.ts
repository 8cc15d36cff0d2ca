import fs from "node:fs";
import * as z from "zod";
import { writeFileAtomically } from "../../disk/durable.ts";
import { readCacheText } from "../../disk/safe-read.ts";
import { jobInfoSchema } from "../../job/job-info.ts";
import { reassignmentSchema } from "../../job/reassignment.ts";
import { parseJson } from "../../text/parse-json.ts";

const admissionSchema = z.object({
  name: z.string(),
  /** The job's number; absent where the disk took no note of it, and in journals from before there were numbers. */
  number: z.number().int().positive().exactOptional(),
  /** The smaller was first seen earlier and runs first among equals; a job sent to the top gets one below all others. */
  place: z.number().int(),
  sentToTop: z.boolean(),
  admittedAtMs: z.number(),
  /** The time when it first was at the head of the order, in milliseconds since 1970; 0 once processors were kept for it. */
  headSinceMs: z.number().exactOptional(),
  fingerprint: z.string(),
  /** The folder's own mtime when it was admitted: tells after a restart that nothing was added or removed. */
  folderMtimeMs: z.number(),
  /** The stamp of the info file just before it was read; absent in journals of earlier versions. */
  infoStamp: z.string().exactOptional(),
  bytes: z.number(),
  files: z.number(),
  /** Its demands, with the place that it was reassigned to. */
  info: jobInfoSchema,
  reassigned: reassignmentSchema.exactOptional(),
});

/** A waiting job: when it was admitted, what it asks for, and how its folder looked then. */
export type Admission = z.infer<typeof admissionSchema>;

/** A line of the journal: the job is no longer in the queue, so that one of its name that comes later is a newcomer. */
const departureSchema = z.object({ left: z.string() });

/** A line of the journal: a folder that was seen for the first time, and arrives. */
const reservationSchema = z.object({ seen: z.string(), place: z.number().int() });

const journalLineSchema = z.union([admissionSchema, departureSchema, reservationSchema]);

type JournalLine = z.infer<typeof journalLineSchema>;

/**
 * The waiting jobs in memory, and the places of the folders that arrive, with a journal behind them so that a restart keeps
 * their order. The journal is a cache: without it the folders are seen and admitted anew.
 */
export class Admissions {
  readonly #file: string;
  readonly #byName = new Map<string, Admission>();
  /** Places of what arrives. */
  readonly #reserved = new Map<string, number>();
  #lines = 0;
  #lowestPlace = 0;
  #highestPlace = 0;

  /** @param file the journal; unreadable lines are passed over. Throws where handles or memory are missing to open it */
  constructor(file: string) {
    this.#file = file;
    const text = readCacheText(file);
    for (const line of text.split("\n").filter((candidate) => candidate !== "")) {
      this.#replay(line);
      this.#lines += 1;
    }
    // After a torn line nothing may be appended: the next change writes the journal anew.
    if (text !== "" && !text.endsWith("\n")) this.#lines = Number.POSITIVE_INFINITY;
  }

  /** All waiting jobs. */
  list(): readonly Admission[] {
    return [...this.#byName.values()];
  }

  get(name: string): Admission | undefined {
    return this.#byName.get(name);
  }

  /** Adds or replaces. The journal may lag behind on a full disk; the next compaction makes up for it. */
  set(admission: Admission): void {
    this.#keep(admission);
    this.#append(admission);
  }

  delete(name: string): void {
    const isKnown = this.#byName.has(name) || this.#reserved.has(name);
    this.#drop(name);
    if (isKnown) this.#append({ left: name });
  }

  /** The place of what waits or arrives under this name; undefined before it has one. */
  placeOf(name: string): number | undefined {
    return this.#byName.get(name)?.place ?? this.#reserved.get(name);
  }

  /** Gives each name, in this order, a place behind all others. */
  reserve(names: readonly string[]): void {
    const first = this.lastPlace();
    const reservations = names.map((seen, index) => ({ seen, place: first + index }));
    for (const reservation of reservations) this.#reserve(reservation);
    this.#append(...reservations);
  }

  /** A place behind all others, and behind those of jobs that have left: a job given back keeps its own. */
  lastPlace(): number {
    return this.#highestPlace + 1;
  }

  /** A place before all others. */
  firstPlace(): number {
    return this.#lowestPlace - 1;
  }

  /** Forgets all whose folder is no longer in the queue. */
  keepOnly(names: { readonly has: (name: string) => boolean }): void {
    for (const known of [this.#byName, this.#reserved])
      for (const name of known.keys()) if (!names.has(name)) this.delete(name);
  }

  #replay(line: string): void {
    const change = parseJson(journalLineSchema, line);
    if (change === undefined) return;
    if ("left" in change) this.#drop(change.left);
    else if ("seen" in change) this.#reserve(change);
    else this.#keep(change);
  }

  #keep(admission: Admission): void {
    this.#reserved.delete(admission.name);
    this.#byName.set(admission.name, admission);
    this.#lowestPlace = Math.min(this.#lowestPlace, admission.place);
    this.#highestPlace = Math.max(this.#highestPlace, admission.place);
  }

  #reserve({ seen, place }: z.infer<typeof reservationSchema>): void {
    this.#reserved.set(seen, place);
    this.#highestPlace = Math.max(this.#highestPlace, place);
  }

  #drop(name: string): void {
    this.#byName.delete(name);
    this.#reserved.delete(name);
  }

  #append(...changes: readonly JournalLine[]): void {
    try {
      if (this.#lines > 2 * (this.#byName.size + this.#reserved.size) + 1000) this.#compact();
      else fs.appendFileSync(this.#file, textOf(changes));
      this.#lines += changes.length;
    } catch {
      // A cache: a job whose line is missing is admitted anew after a restart.
      this.#lines = Number.POSITIVE_INFINITY;
    }
  }

  #compact(): void {
    const reserved = [...this.#reserved].map(([seen, place]) => ({ seen, place }));
    const lines = [...this.#byName.values(), ...reserved];
    writeFileAtomically(this.#file, textOf(lines));
    this.#lines = lines.length;
  }
}

function textOf(lines: readonly JournalLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
