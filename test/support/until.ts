const POLL_MS = 20;

/** Patience with a busy machine, in milliseconds: later, nothing comes. */
export const PATIENCE_MS = 120_000;

/** Looks again and again until there is something to return; throws with `what` after `timeoutMs`. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false,
  {
    timeoutMs = PATIENCE_MS,
    pollMs = POLL_MS,
  }: { readonly timeoutMs?: number; readonly pollMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pause(pollMs);
  }
}

/** Lets some milliseconds pass; for the rhythm of what a test does, never to be sure of something. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
