import { type Need, parseNeed } from "../job/where.ts";
import { formatBytes } from "../text/quantity.ts";

/** A machine that runs attempts, with what it offers. */
export interface Worker {
  readonly name: string;
  /** The machine's own name; absent where it is not known. */
  readonly host?: string | undefined;
  /** Processors that its jobs together may use, 1 or more. */
  readonly processors: number;
  /** Jobs that it runs at a time, 1 or more; as many as its processors allow where absent. */
  readonly maxJobs?: number | undefined;
  readonly pools: readonly string[];
  /** `gpu`, `cuda=12`. */
  readonly labels: readonly string[];
  /** As Node.js calls it: `linux`. */
  readonly os: string;
  readonly memoryBytes: number;
  /** It takes only jobs that name it. */
  readonly onlyNamed: boolean;
  /** The reason why it is given nothing now, in words for people; absent where it is heard of, healthy and not paused. */
  readonly closed?: string | undefined;
  /** Somebody has paused it, which `closed` says too: `only` that closes it, or something else does `also`. */
  readonly paused?: "only" | "also" | undefined;
  /** Its last word, if it is another machine: what runs on a silent one may well be running, which `closed` says too. */
  readonly hearing?: Hearing | undefined;
  /** The time of its last word, in milliseconds since 1970; absent for the manager's own machine. */
  readonly lastWordMs?: number | undefined;
}

/**
 * The way in which a manager hears of a worker on another machine. `awaited`: not yet since the manager's start; `stopped`: it has said so,
 * and leaves its jobs running; `silent`: not any more, for no reason that is known.
 */
export type Hearing = "heard" | "awaited" | "stopped" | "silent";

/** True where nothing is to be heard of a worker: only a person can tell what has become of its jobs. */
export function isGone(hearing: Hearing | undefined): boolean {
  return hearing === "silent" || hearing === "stopped";
}

/** The demands of a job on the worker that it runs on; without any of them each worker is right that takes all comers. */
export interface Demand {
  /** Equal for equal demands. */
  readonly key: string;
  /** The workers that it names, one of which it is to be; empty where it names none. */
  readonly workers: readonly string[];
  readonly pool?: string | undefined;
  readonly needs: readonly string[];
}

/** Something that a worker lacks for a job. */
export interface Lack {
  /** `pool night`, `label gpu`, `mem>=64G`. */
  readonly wanted: string;
  /** Its own of that kind: `day, weekend`, `none`. */
  readonly has: string;
}

/** The worker as one that somebody has paused; `pause` says who, and perhaps for what. */
export function pausedWorker(worker: Worker, pause: string): Worker {
  const { closed } = worker;
  return closed === undefined
    ? { ...worker, closed: pause, paused: "only" }
    : { ...worker, closed: `${pause}; ${closed}`, paused: "also" };
}

/** The demand of a job by its info file; undefined where it makes none. */
export function demandOf(asked: {
  readonly workers?: readonly string[];
  readonly pool?: string;
  readonly needs?: readonly string[];
}): Demand | undefined {
  const { workers = [], pool, needs = [] } = asked;
  if (workers.length === 0 && pool === undefined && needs.length === 0) return undefined;
  return { key: JSON.stringify([workers, pool, needs]).toLowerCase(), workers, pool, needs };
}

/** True where the job may run on the worker, whatever is free there. */
export function fits(demand: Demand | undefined, worker: Worker): boolean {
  if (!isNamed(demand, worker)) return false;
  return demand === undefined || lacksOf(demand, worker).length === 0;
}

/** True where the worker's name does not stand in the way: the job names it, or names none and the worker takes all comers. */
export function isNamed(demand: Demand | undefined, { name, onlyNamed }: Worker): boolean {
  const names = demand?.workers ?? [];
  return names.length === 0 ? !onlyNamed : includes(names, name);
}

/** All that the worker lacks for the job, but for its name. */
export function lacksOf({ pool, needs }: Demand, worker: Worker): Lack[] {
  const lacksPool = pool !== undefined && !includes(worker.pools, pool);
  return [
    ...(lacksPool ? [{ wanted: `pool ${pool}`, has: listed(worker.pools) }] : []),
    ...needs.flatMap((need) => lackOf(need, worker) ?? []),
  ];
}

function lackOf(text: string, worker: Worker): Lack | undefined {
  const need = parseNeed(text);
  // The launch or admission of another version may hold a need that this one does not know: nobody has it.
  if (need.kind === "wrong") return { wanted: text, has: "none" };
  return need.value.kind === "label"
    ? lackOfLabel(text, need.value, worker)
    : lackOfAmount(text, need.value, worker);
}

function lackOfLabel(
  text: string,
  { label, value }: Extract<Need, { kind: "label" }>,
  { labels, os }: Worker,
): Lack | undefined {
  if (label === "os") return value === undefined || value === os ? undefined : { wanted: text, has: os };
  if (value === undefined && (label === "cores" || label === "mem")) return undefined;
  const isMet = labels.some((own) => {
    const [name, ownValue] = own.toLowerCase().split("=");
    return name === label && (value === undefined || ownValue === value);
  });
  return isMet ? undefined : { wanted: `label ${text}`, has: listed(labels) };
}

function lackOfAmount(
  text: string,
  { of, sign, amount }: Extract<Need, { kind: "amount" }>,
  { processors, memoryBytes }: Worker,
): Lack | undefined {
  const own = of === "cores" ? processors : memoryBytes;
  const isMet = sign === "=" ? own === amount : sign === ">=" ? own >= amount : own <= amount;
  return isMet ? undefined : { wanted: text, has: of === "cores" ? String(own) : formatBytes(own) };
}

function includes(names: readonly string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
