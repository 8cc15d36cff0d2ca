import type { Random } from "../support/random.ts";
import type { Weighted } from "./chance.ts";

/** End of a job when nobody interferes. */
export type OwnEnd = "done" | "failed" | "timed_out" | "lost" | "invalid";

/** The behaviour of a job of some kind. */
export interface Recipe {
  readonly end: OwnEnd;
  readonly exitCode: number;
  /** The part of its script between the lines about its start and its end. */
  readonly body: string;
  /** Options of the info file beside those that every job has. */
  readonly options?: Readonly<Record<string, string>>;
  /** Its command is not the telling script, so that it tells nothing. */
  readonly isSilent?: boolean;
}

/** A kind of job, and how often it comes. */
export interface JobKind extends Weighted {
  readonly kind: string;
  readonly recipe: (random: Random) => Recipe;
}

/** Longer than any run of the soak is to wait for it: only a signal ends it. */
const FOR_EVER = "sleep 3000";

/** The command that runs the telling script and lets it know its supervisor. */
export const COMMAND = "SHIM=$PPID sh run.sh";

/** All kinds. */
export const JOB_KINDS: readonly JobKind[] = [
  { kind: "quick", weight: 34, recipe: (random) => done(shortSleep(random)) },
  { kind: "failing", weight: 10, recipe: (random) => failed(random.between(1, 60), shortSleep(random)) },
  { kind: "progress", weight: 6, recipe: (random) => done(steps(random.between(3, 8), 0.1)) },
  { kind: "long", weight: 5, recipe: (random) => done(steps(random.between(3, 8), 0.8)) },
  { kind: "parallel", weight: 6, recipe: (random) => done(parallel(random)) },
  { kind: "over its limit", weight: 5, recipe: () => overLimit(FOR_EVER) },
  {
    kind: "deaf, over its limit",
    weight: 2,
    recipe: () => overLimit(`trap '' TERM\n${FOR_EVER} & ${FOR_EVER}`),
  },
  { kind: "deaf", weight: 3, recipe: (random) => done(`trap '' TERM\n${steps(random.between(2, 5), 0.5)}`) },
  { kind: "child left behind", weight: 5, recipe: (random) => done(`${FOR_EVER} &\n${shortSleep(random)}`) },
  {
    kind: "child in another session",
    weight: 3,
    recipe: (random) => done(`setsid ${FOR_EVER} &\n${shortSleep(random)}`),
  },
  { kind: "kills its supervisor", weight: 3, recipe: () => lost(`kill -9 "$SHIM"\n${FOR_EVER}`) },
  { kind: "long log", weight: 3, recipe: (random) => done(`seq ${random.between(50, 300)}000`) },
  { kind: "log of one line", weight: 2, recipe: () => done("head -c 1000000 /dev/zero | tr '\\0' x") },
  { kind: "no such command", weight: 2, recipe: () => silent(127, "no-such-command --at-all") },
  { kind: "wrong number", weight: 3, recipe: () => invalid({ nb_proc: "many" }) },
  { kind: "no script", weight: 2, recipe: () => invalid({ script: "" }) },
];

function done(body: string): Recipe {
  return { end: "done", exitCode: 0, body };
}

function failed(exitCode: number, body: string): Recipe {
  return { end: "failed", exitCode, body };
}

function overLimit(body: string): Recipe {
  return { end: "timed_out", exitCode: 0, body, options: { time_limit: "1s" } };
}

function lost(body: string): Recipe {
  return { end: "lost", exitCode: 0, body };
}

function silent(exitCode: number, script: string): Recipe {
  return { end: "failed", exitCode, body: "", options: { script }, isSilent: true };
}

function invalid(options: Readonly<Record<string, string>>): Recipe {
  return { end: "invalid", exitCode: 0, body: "", options };
}

function shortSleep(random: Random): string {
  return `sleep 0.${String(random.between(0, 300)).padStart(3, "0")}`;
}

function steps(count: number, seconds: number): string {
  return `for step in $(seq ${count}); do echo " $step / ${count}"; sleep ${seconds}; done\nseq 50 >result.txt`;
}

function parallel(random: Random): string {
  return `${shortSleep(random)} & ${shortSleep(random)} & ${shortSleep(random)} & wait`;
}
