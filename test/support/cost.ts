/** Number of measurements, of which the least counts: a busy machine may spoil the others. */
const MEASUREMENTS = 5;

/** A cost of ten times the input below this needs no second look. */
const PLAINLY_LINEAR = 20;

/**
 * The least of three runs' milliseconds of processor time, at least 1: of this process alone, whatever else the machine does.
 */
export function processorMsOf(run: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.max(1, Math.min(...times));
}

/**
 * Ratio of a run's time with ten times the input: about 10 where the cost grows with the size, about
 * 100 where it grows with its square. A busy machine can make one measurement worse, hardly all of them: the least
 * counts, and one that is plainly linear ends the measuring.
 */
export function costOfTenfold(size: number, run: (size: number) => unknown): number {
  run(size);
  let least = Number.POSITIVE_INFINITY;
  for (let taken = 0; taken < MEASUREMENTS && least > PLAINLY_LINEAR; taken++) {
    least = Math.min(least, processorMsOf(() => run(10 * size)) / processorMsOf(() => run(size)));
  }
  return least;
}
