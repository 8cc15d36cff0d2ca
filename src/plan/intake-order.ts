import type { Readiness } from "./settle.ts";
import type { Arriving } from "./snapshot.ts";

/** Folders that become whole within this time are admitted in the order in which they were first seen. */
const TOGETHER_SECONDS = 1;

type Ready = Arriving & { readonly readiness: Extract<Readiness, { readonly kind: "ready" }> };

/**
 * The folders to admit now, of those that arrive, by their places. A whole one waits for those with an earlier place that become
 * whole less than a second after it, unless a later one goes already. Whatever was delivered whole waits for nothing.
 */
export function toAdmit(arriving: readonly Arriving[]): Ready[] {
  if (!arriving.some(isReady)) return [];
  let soonestSeconds = Number.POSITIVE_INFINITY;
  const waiting: Ready[] = [];
  const admitted: Ready[] = [];
  for (const folder of inPlaceOrder(arriving)) {
    soonestSeconds = Math.min(soonestSeconds, untilWhole(folder));
    if (!isReady(folder)) continue;
    const { wholeSeconds } = folder.readiness;
    if (wholeSeconds === undefined) admitted.push(folder);
    else if (soonestSeconds + wholeSeconds <= TOGETHER_SECONDS) waiting.push(folder);
    else admitted.push(...waiting.splice(0), folder);
  }
  return inPlaceOrder(admitted);
}

function isReady(folder: Arriving): folder is Ready {
  return folder.readiness.kind === "ready";
}

/** Seconds until a folder is whole if it does not change any more; infinity where no rest makes it so. */
function untilWhole({ readiness }: Arriving): number {
  if (readiness.kind !== "settling") return Number.POSITIVE_INFINITY;
  return readiness.neededSeconds - readiness.quietSeconds;
}

/** Folders that arrive, those first that were seen first. */
export function inPlaceOrder<A extends Arriving>(arriving: readonly A[]): A[] {
  return arriving.toSorted((left, right) => (left.place ?? 0) - (right.place ?? 0));
}
