import { TRUST_AFTER_MS } from "./queue-listing.ts";
import { areSameRequests, NO_REQUESTS, type Requests, readRequests } from "./requests.ts";

/** A folder that takes longer to list than this is listed for a tenth of the time at most. */
const QUICK_LISTING_MS = 2;
const MAX_LISTING_SHARE = 0.1;

/**
 * The requests in one folder. It is listed anew only when its own mtime moves and for some seconds afterwards, as listing
 * ten thousand folders, or one of a hundred thousand files, takes long.
 */
export class RequestWatch {
  readonly #folder: string;
  #requests: Requests = NO_REQUESTS;
  #mtimeMs = Number.NaN;
  /** When this mtime was first seen, when the folder was last listed and when it may be again, on the monotonic clock. */
  #movedMs = 0;
  #listedMs = Number.NEGATIVE_INFINITY;
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The requests there; the same value as before if they are the same.
   * @param mtimeMs the folder's own
   */
  look(mtimeMs: number, nowMs: number): Requests {
    if (mtimeMs !== this.#mtimeMs) this.#movedMs = nowMs;
    this.#mtimeMs = mtimeMs;
    if (this.#listedMs - this.#movedMs <= TRUST_AFTER_MS && nowMs >= this.#dueMs) this.#list(nowMs);
    return this.#requests;
  }

  #list(nowMs: number): void {
    const startedMs = performance.now();
    const requests = readRequests(this.#folder);
    const tookMs = performance.now() - startedMs;
    this.#listedMs = nowMs;
    this.#dueMs = tookMs > QUICK_LISTING_MS ? nowMs + tookMs / MAX_LISTING_SHARE : nowMs;
    if (!areSameRequests(requests, this.#requests)) this.#requests = requests;
  }
}
