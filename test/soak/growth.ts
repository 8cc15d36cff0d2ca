import { median } from "./clock.ts";

/** Findings of one look at a process. */
export interface Sample {
  readonly atMs: number;
  /**
   * Memory of its own that no file lies behind. The resident or proportional size would also tell of the program's
   * text, which comes and goes with how many other processes run the same program.
   */
  readonly ownBytes: number;
  readonly residentBytes: number;
  readonly handles: number;
}

/** The first part of a life does not count: code is compiled, buffers and the heap find their size. */
const WARM_UP = 0.25;

/**
 * By so much a median may be above an earlier one, garbage not counted: the heap's pages are given back late, and what
 * a queue keeps of each ended job (a name, a run id) is some hundred bytes. A buffer or a log that is kept for each job is
 * beyond this after some hundred jobs.
 */
const MAX_GROWTH_BYTES = 8 * 1024 * 1024;

/** A log that is being rotated, a connection that is being closed: handles that come and go. */
const MAX_MORE_HANDLES = 4;

/** With fewer samples a window tells nothing. */
const MIN_SAMPLES = 5;

/** Two windows of a life, after its warm-up and at its end. */
export interface Growth {
  readonly early: Window;
  readonly late: Window;
}

interface Window {
  readonly ownBytes: number;
  readonly residentBytes: number;
  readonly handles: number;
  readonly samples: number;
}

/** Compares the first third of a life after its warm-up with the last. */
export function growthOf(samples: readonly Sample[]): Growth {
  const warm = samples.slice(Math.ceil(samples.length * WARM_UP));
  const third = Math.floor(warm.length / 3);
  return { early: windowOf(warm.slice(0, third)), late: windowOf(warm.slice(warm.length - third)) };
}

/** The figures of a process that have grown beyond what is right, or cannot be told. */
export function auditGrowth(what: string, { early, late }: Growth, moreHandles = MAX_MORE_HANDLES): string[] {
  if (early.samples < MIN_SAMPLES) return [`${what} did not live long enough to tell whether it grows`];
  const grownBytes = late.ownBytes - early.ownBytes;
  return [
    ...(grownBytes > MAX_GROWTH_BYTES ? [`${what} has grown by ${megabytes(grownBytes)}`] : []),
    ...(late.handles > early.handles + moreHandles
      ? [`${what} holds ${late.handles} handles instead of ${early.handles}`]
      : []),
  ];
}

/** The figures in a line. */
export function describeGrowth({ early, late }: Growth): string {
  const figures = ({ ownBytes, residentBytes, handles }: Window) =>
    `${megabytes(ownBytes)} own, ${megabytes(residentBytes)} resident, ${handles} handles`;
  return `${figures(early)} -> ${figures(late)} (${early.samples} and ${late.samples} samples)`;
}

function windowOf(samples: readonly Sample[]): Window {
  return {
    ownBytes: median(samples.map(({ ownBytes }) => ownBytes)),
    residentBytes: median(samples.map(({ residentBytes }) => residentBytes)),
    handles: median(samples.map(({ handles }) => handles)),
    samples: samples.length,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
