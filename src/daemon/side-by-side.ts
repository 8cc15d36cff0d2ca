/**
 * Does something with each item, begun in their order, with at most `maxAtOnce` of them under way at the same time. Rejects
 * when one of them does, and then begins no more.
 */
export async function sideBySide<T>(
  items: readonly T[],
  maxAtOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const work = async () => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(maxAtOnce, items.length) }, work));
}
