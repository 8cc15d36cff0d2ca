/** How many measurements may be spoiled by a busy machine before the least of them counts. */
const MEASUREMENTS = 5;

/** A cost of ten times the input below this needs no second look. */
const PLAINLY_LINEAR = 20;

/** The least of five runs' milliseconds, so that a pause of the machine does not count; at least 1. */
function millisecondsOf(run: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.max(1, Math.min(...times));
}

/**
 * How many times longer a run takes with ten times the input: about 10 where the cost grows with the size, about
 * 100 where it grows with its square. A busy machine can make one measurement worse, hardly all of them: the least
 * counts, and one that is plainly linear ends the measuring.
 */
export function costOfTenfold(size: number, run: (size: number) => unknown): number {
  run(size);
  let least = Number.POSITIVE_INFINITY;
  for (let taken = 0; taken < MEASUREMENTS && least > PLAINLY_LINEAR; taken++) {
    least = Math.min(least, millisecondsOf(() => run(10 * size)) / millisecondsOf(() => run(size)));
  }
  return least;
}
