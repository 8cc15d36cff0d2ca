import { type PauseRule, Pauses } from "../../job/pauses.ts";
import { type Action, actionKey, type Carried } from "../../plan/action.ts";
import { explain } from "../../queue/explain.ts";
import { type Context, DONE, type Performed, UNFINISHED } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { Superseded } from "../tenure.ts";
import { admit, sendToTop } from "./admit.ts";
import { abandon, cancel, claim, giveBack, verify } from "./claim.ts";
import { copyIn } from "./copy-in.ts";
import { continueSupervisor, end, signal } from "./end-run.ts";
import { finish, lose } from "./finish-run.ts";
import { giveUp, keep } from "./give-up.ts";
import { reassign } from "./reassign.ts";
import { spawn } from "./spawn.ts";
import { endSpread, finishSpread, spread, tendSpread } from "./spread.ts";
import { withdraw } from "./unlaunched.ts";
import { putAwayUnrecorded } from "./unrecorded.ts";

const BACK_OFF: PauseRule = { firstMs: 1000, longestMs: 60_000 };

/** After these a name of the queue is no longer what it was. */
const QUEUE_CHANGES: ReadonlySet<Action["kind"]> = new Set([
  "admit",
  "copy_in",
  "withdraw",
  "send_to_top",
  "reassign",
  "start",
  "spread",
]);

/** These write down how a job ended. */
const ENDS: ReadonlySet<Action["kind"]> = new Set([
  "finish",
  "lose",
  "give_up",
  "finish_spread",
  "put_away_unrecorded",
]);

/** The things on which an action is carried out. */
interface Scene {
  readonly context: Context;
  /** The runs of this pass; one that is claimed is added. */
  readonly runs: ObservedRun[];
  /** The run that the action is about. Throws where there is none. */
  readonly run: () => ObservedRun;
}

type Handler<A extends Action> = (scene: Scene, action: A) => Performed | Promise<Performed>;

const HANDLERS: { readonly [K in Action["kind"]]: Handler<Extract<Action, { readonly kind: K }>> } = {
  admit: ({ context }, { name }) => admit(context, name),
  copy_in: ({ context }, { name }) => copyIn(context, name),
  withdraw: ({ context }, { name }) => withdraw(context, name),
  send_to_top: ({ context }, { name }) => sendToTop(context, name),
  reassign: ({ context }, { name }) => reassign(context, name),
  start: ({ context, runs }, start) => claim(context, start, runs),
  spread: ({ context, runs }, action) => spread(context, action, runs),
  tend_spread: ({ context }, { name, step }) => tendSpread(context, name, step),
  end_spread: ({ context }, { name, by }) => endSpread(context, name, by),
  finish_spread: ({ context }, { name, children }) => finishSpread(context, name, children),
  verify: ({ context, run }) => verify(context, run()),
  spawn: ({ context, run }) => spawn(context, run()),
  cancel: ({ context, run }) => cancel(context, run()),
  give_back: ({ context, run }) => giveBack(context, run(), "the manager was being stopped"),
  abandon: ({ context, run }) => abandon(context, run()),
  end: ({ context, run }, { cause }) => end(context, run(), cause),
  continue_supervisor: ({ run }) => continueSupervisor(run()),
  signal: ({ run }, action) => signal(run(), action.signal),
  finish: ({ context, run }, { outcome }) => finish(context, run(), outcome),
  lose: ({ context, run }, { why }) => lose(context, run(), why),
  give_up: ({ context, run }) => giveUp(context, run()),
  keep: ({ context, run }) => keep(context, run()),
  put_away_unrecorded: ({ context, runs }, { name, why }) => putAwayUnrecorded(context, name, why, runs),
};

function runOf(name: string, runs: readonly ObservedRun[]): ObservedRun {
  const found = runs.find((run) => run.name === name);
  if (found === undefined) throw new Error(`no run of ${name} was observed in this pass`);
  return found;
}

/**
 * Number of actions that run at the same time, and so of jobs that one crash can interrupt; it also bounds how many of their files are
 * open at a time.
 */
export const MAX_ACTIONS_AT_ONCE = 8;

/**
 * Carries actions out, begun in their order and waiting for the disk side by side. Each fails alone: what is refused gets a
 * reason and waits longer before each new try.
 */
export class Performer {
  readonly #context: Context;
  readonly #failures = new Pauses(BACK_OFF);

  constructor(context: Context) {
    this.#context = context;
  }

  /** The actions that wait before their next try, by their key, with why they failed. */
  backedOff(nowMs: number): ReadonlyMap<string, string> {
    return this.#failures.reasons(nowMs);
  }

  /** As {@link backedOff}, for people: also why a supervisor did not start that may be starting again now. */
  shownFailures(nowMs: number): ReadonlyMap<string, string> {
    return this.#failures.reasons(nowMs, (key) => key.startsWith(actionKey("spawn", "")));
  }

  /** The time when the next refused action may be tried again; infinity when none waits for it. */
  nextTryMs(nowMs: number): number {
    return this.#failures.nextMs(nowMs);
  }

  /**
   * Carries out all actions, and tells what became of each.
   * @param runs as they were seen in this pass; those that are claimed are added
   */
  async perform(actions: readonly Action[], runs: ObservedRun[], nowMs: number): Promise<Carried[]> {
    this.#failures.forgetOld(nowMs);
    for (const { name, state } of runs)
      if (state.kind !== "claimed") this.#failures.forget(actionKey("spawn", name));
    const carried: Carried[] = [];
    await sideBySide(actions, MAX_ACTIONS_AT_ONCE, async (action) => {
      const { kind: end } = await this.#carryOut(action, runs, nowMs);
      carried.push({ kind: action.kind, name: action.name, end });
    });
    return carried;
  }

  async #carryOut(action: Action, runs: ObservedRun[], nowMs: number): Promise<Performed> {
    const performed = await this.#try(action, runs);
    this.#remember(action, performed, nowMs);
    if (QUEUE_CHANGES.has(action.kind)) this.#context.queue.noteChange(action.name);
    const isClaimed = action.kind === "start" && performed.kind === "done";
    return isClaimed ? await this.#goOn(action.name, runs) : performed;
  }

  // At once, as a pass for each step would look at everything else again. Each step fails as itself: a later pass goes on there.
  async #goOn(name: string, runs: ObservedRun[]): Promise<Performed> {
    for (const kind of ["verify", "spawn"] as const) {
      const performed = await this.#carryOut({ kind, name }, runs, performance.now());
      if (performed.kind !== "done") return UNFINISHED;
    }
    return DONE;
  }

  async #try(action: Action, runs: ObservedRun[]): Promise<Performed> {
    try {
      const carryOut = HANDLERS[action.kind] as Handler<Action>;
      return await carryOut({ context: this.#context, runs, run: () => runOf(action.name, runs) }, action);
    } catch (error) {
      if (error instanceof Superseded) throw error;
      const why = explain(error);
      return { kind: "refused", why: ENDS.has(action.kind) ? `its end cannot be written down: ${why}` : why };
    }
  }

  #remember(action: Action, performed: Performed, nowMs: number): void {
    const key = actionKey(action.kind, action.name);
    if (performed.kind !== "refused") {
      // A supervisor that was spawned has not started yet, and a copy that has begun may fail as the one before.
      if (action.kind !== "spawn" && performed.kind === "done") this.#failures.forget(key);
      return;
    }
    const { why } = performed;
    if (this.#failures.extend(key, nowMs, why) === 1)
      this.#context.log.warn("could not act on a job", { job: action.name, action: action.kind, why });
  }
}

/**
 * Does something with each item, begun in their order, with at most `maxAtOnce` of them under way at the same time. When one
 * rejects no more are begun; it rejects with that reason once all that were under way have ended.
 */
export async function sideBySide<T>(
  items: readonly T[],
  maxAtOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  let isBroken = false;
  const work = async () => {
    for (const item of left) {
      if (isBroken) return;
      await act(item).catch((error: unknown) => {
        isBroken = true;
        throw error;
      });
    }
  };
  const workers = Array.from({ length: Math.min(maxAtOnce, items.length) }, work);
  const failed = (await Promise.allSettled(workers)).find((worker) => worker.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
