import * as z from "zod";
import { groupBy } from "../text/group-by.ts";
import { counted } from "../text/quantity.ts";

/** Names in a record; of more processes only the number is kept. */
const MAX_NAMES = 20;
/** Different names in a record and in a sentence. */
const MAX_PROGRAMS = 10;
/** Processes in a note; a job that forks without end leaves thousands. */
const MAX_NOTED = 200;

/** The processes that a job left running when its command had ended by itself, and that the manager ended. */
export const leftProcessesSchema = z.object({
  count: z.number().int().positive(),
  /** The programs' names, safe to show, one for each process; of many processes the first 20. */
  names: z.array(z.string()).readonly(),
  /** Of more than 20 processes the different names, the first 10, with how many processes have each. */
  programs: z
    .array(z.object({ name: z.string(), count: z.number().int().positive() }))
    .readonly()
    .exactOptional(),
});

/** As in {@link leftProcessesSchema}. */
export type LeftProcesses = z.infer<typeof leftProcessesSchema>;

/** The form of {@link LeftNote}. */
export const leftNoteSchema = z.object({
  version: z.literal(1),
  processes: z
    .array(z.object({ pid: z.number().int(), startTicks: z.string(), name: z.string() }))
    .readonly(),
  /** Further processes, of which only the number is kept. */
  more: z.number().int().min(0),
});

/** The manager's note of them, made before it ends them, so that another one can tell of them. */
export type LeftNote = z.infer<typeof leftNoteSchema>;

/** A note with these processes too; the same note where it has all of them already. */
export function withLeft(note: LeftNote | undefined, found: LeftNote["processes"]): LeftNote {
  const { processes, more } = note ?? { processes: [], more: 0 };
  const known = new Set(processes.map(keyOf));
  const fresh = found.filter((process) => !known.has(keyOf(process)));
  if (note !== undefined && fresh.length === 0) return note;
  const all = [...processes, ...fresh];
  return { version: 1, processes: all.slice(0, MAX_NOTED), more: more + Math.max(0, all.length - MAX_NOTED) };
}

/** The part of a note that the record tells. */
export function leftProcessesOf({ processes, more }: LeftNote): LeftProcesses | undefined {
  const count = processes.length + more;
  if (count === 0) return undefined;
  const all = processes.map(({ name }) => name);
  const names = all.slice(0, MAX_NAMES);
  return count <= MAX_NAMES ? { count, names } : { count, names, programs: programsOf(all) };
}

/** `left 3 processes running, which were ended: sh, python3 (2)`, and what to do about it. */
export function describeLeft({ count, names, programs = programsOf(names) }: LeftProcesses): string {
  const were = count === 1 ? "was" : "were";
  return `left ${counted(count, "process", "processes")} running, which ${were} ended: ${describePrograms(programs, count)}; put \`wait\` at the end of the script`;
}

type Programs = NonNullable<LeftProcesses["programs"]>;

function programsOf(names: readonly string[]): Programs {
  const programs = [...groupBy(names, (name) => name)].slice(0, MAX_PROGRAMS);
  return programs.map(([name, { length: count }]) => ({ name, count }));
}

function describePrograms(programs: Programs, count: number): string {
  const others = programs.reduce((rest, program) => rest - program.count, count);
  const words = programs
    .map(({ name, count: times }) => (times === 1 ? name : `${name} (${times})`))
    .join(", ");
  return others > 0 ? `${words} and ${counted(others, "other")}` : words;
}

function keyOf({ pid, startTicks }: LeftNote["processes"][number]): string {
  return `${pid} ${startTicks}`;
}
