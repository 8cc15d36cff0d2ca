import path from "node:path";
import type { Settings } from "../support/queue-folder.ts";
import { Random } from "../support/random.ts";
import { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";
import type { Weighted } from "./chance.ts";
import { uptimeSeconds } from "./clock.ts";
import { PROCESSORS, writeConfiguration } from "./configuration.ts";
import { Crowd } from "./crowd.ts";
import type { AllowedProcessors } from "./evidence.ts";
import { Ledger } from "./ledger.ts";
import { Post } from "./post.ts";
import { Program, type Running } from "./program.ts";
import { Tally } from "./tally.ts";
import { Turn } from "./turn.ts";

/** Each has choices of its own, so that what one does does not depend on how often another one came to its turn. */
const STREAMS = ["jobs", "delivery", "acts", "restarts", "mail", "page"] as const;

const MAX_TROUBLE = 2000;

/** The streams of choices. */
export type Stream = (typeof STREAMS)[number];

/** A queue with all that goes on around it. */
export class World {
  readonly queue: TestQueue;
  readonly program: Program;
  readonly post: Post;
  readonly ledger = new Ledger();
  readonly tally = new Tally();
  readonly allowed: AllowedProcessors[] = [];
  /** Things that went otherwise than they should, as soon as they were seen. */
  readonly troubles: string[] = [];
  /** The turn to stop and start managers, or to do things that keep one from starting. */
  readonly managerTurn = new Turn();
  /** The turn to act: a note made before an act must still hold when it is done. */
  readonly actTurn = new Turn();
  readonly deliverers = new Crowd(6, (what) => this.trouble(what));
  readonly visitors = new Crowd(20, (what) => this.trouble(what));
  /** Acts that somebody has begun and is to bring to their end. */
  readonly errands = new Crowd(Number.POSITIVE_INFINITY, (what) => this.trouble(what));
  /** The manager is being ended, or another one is not up yet: a signal to read its configuration would be nobody's. */
  isRestarting = false;
  /** The manager and the page are to live on now. */
  isSteady = false;
  manager: Running | undefined;
  page: Running | undefined;
  readonly #randoms: ReadonlyMap<Stream, Random>;

  private constructor(seed: number, queue: TestQueue, post: Post) {
    this.#randoms = new Map(STREAMS.map((stream, index) => [stream, new Random(seed * 31 + index)]));
    this.queue = queue;
    this.post = post;
    this.program = new Program(queue.base, queue.configFile);
    this.configure({});
  }

  static async open(seed: number): Promise<World> {
    return new World(seed, new TestQueue(), await Post.open());
  }

  random(stream: Stream): Random {
    const random = this.#randoms.get(stream);
    if (random === undefined) throw new Error(`nobody drew ${stream}`);
    return random;
  }

  /** The file in which jobs tell of themselves. */
  get toldFile(): string {
    return path.join(this.queue.base, "told");
  }

  /** Writes the configuration anew, with some settings other than usual. */
  configure(settings: Settings): void {
    const processors = Number(settings["MaxNbProcessors"] ?? PROCESSORS);
    // Nothing of a faulty configuration counts.
    if (!Number.isNaN(processors)) this.allowed.push({ sinceUptimeSeconds: uptimeSeconds(), processors });
    const { queue, post } = this;
    writeConfiguration(
      { configFile: queue.configFile, queueFolder: queue.layout.root, smtpUrl: post.url },
      settings,
    );
  }

  /** True once the manager has taken the queue over. */
  isManaged(): boolean {
    return this.manager !== undefined && this.queue.status()?.pid === this.manager.pid;
  }

  async managed(): Promise<void> {
    await until(
      "the manager's start",
      () => {
        if (this.manager?.ended === undefined) return this.isManaged();
        throw new Error(`the manager ended with ${this.manager.ended}: ${this.manager.said}`);
      },
      { timeoutMs: 60_000 },
    );
  }

  /** Address of the page; undefined while none runs. */
  get pageUrl(): string | undefined {
    if (this.page === undefined || this.page.ended !== undefined) return undefined;
    return /http:\/\/\S+:\d+\//.exec(this.page.said)?.[0];
  }

  /** Notes that something went otherwise than it should. */
  trouble(what: string): void {
    this.troubles.push(what.length > MAX_TROUBLE ? `${what.slice(0, MAX_TROUBLE)}…` : what);
  }

  /** Ends whatever still runs, after a soak that has failed. */
  endProcesses(): void {
    for (const running of [this.manager, this.page]) running?.signal("SIGKILL");
    for (const pid of this.queue.processes()) process.kill(pid, "SIGKILL");
  }
}

/** Something that a person does to the queue. */
export interface Act extends Weighted {
  readonly act: string;
  /** Resolves to false where there was nothing to do it to. */
  readonly perform: (world: World) => Promise<boolean>;
}
