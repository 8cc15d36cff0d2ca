/** The least of five runs' milliseconds, so that a pause of the machine does not count; at least 1. */
function millisecondsOf(run: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.max(1, Math.min(...times));
}

/** How many times longer a run takes with ten times the input: about 10 where the cost grows with the size. */
export function costOfTenfold(size: number, run: (size: number) => unknown): number {
  run(size);
  return millisecondsOf(() => run(10 * size)) / millisecondsOf(() => run(size));
}
