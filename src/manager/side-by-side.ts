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
