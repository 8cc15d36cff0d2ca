import * as z from "zod";

/** Progress of a running job by its own words. */
export const progressSchema = z.object({
  /** 0 to 1. */
  fraction: z.number(),
  /** The `i` and `n` of ` i / n`, where that is how it was told. */
  done: z.number().exactOptional(),
  total: z.number().exactOptional(),
  /** The job's own `time: N`, in seconds. */
  elapsedSeconds: z.number().exactOptional(),
});

/** Progress of a running job by its own words. */
export type Progress = z.infer<typeof progressSchema>;

const MAX_TAIL_CHARACTERS = 64 * 1024;
const MAX_LINE_CHARACTERS = 4 * 1024;

/** Stands where text was cut off, so that the end of a cut number is not taken for a number. */
const CUT = "…";

// Every repetition is bounded, so that no log can make these slow.
const COUNT = /(?<=^|[\s([|])(\d{1,15})[ \t]{0,8}\/[ \t]{0,8}(\d{1,15})(?!\d|\/|\.\d)/g;
const PERCENT = /(?<![\w-]|\d[.,])(\d{1,3}(?:\.\d{1,9})?) ?%/g;
const ELAPSED = /time:[ \t]{0,8}(\d{1,12}(?:\.\d{1,9})?)(?![\d:/-])/gi;

/**
 * The last ` i / n` or `NN%` in the end of a log, whichever stands later, with the last `time: N` beside it.
 * A `\r` ends a line as `\n` does. Looks at the last 64 KB, and at the last 4 KB of each line.
 */
export function readProgress(tail: string): Progress | undefined {
  const lines = endOf(tail, MAX_TAIL_CHARACTERS).split(/[\r\n]/);
  const upwards = lines.reverse().map((line) => endOf(line, MAX_LINE_CHARACTERS));
  const progress = firstOf(upwards, progressIn);
  const elapsedSeconds = firstOf(upwards, elapsedIn);
  if (progress === undefined || elapsedSeconds === undefined) return progress;
  return { ...progress, elapsedSeconds };
}

/** ` i / n` and the share, as far as the job's log tells. */
export function describeProgress({ fraction, done, total }: Progress): string {
  const percent = `${Math.floor(fraction * 100)} %`;
  return total === undefined ? percent : `${done} / ${total} (${percent})`;
}

/**
 * Seconds until a job ends that goes on as it went; undefined where it has just begun or says that it is at its end.
 * @param elapsedSeconds for which it has been running, where the progress does not tell
 */
export function secondsLeft(progress: Progress, elapsedSeconds: number): number | undefined {
  const { fraction, elapsedSeconds: elapsed = elapsedSeconds } = progress;
  if (fraction <= 0 || fraction >= 1 || elapsed <= 0) return undefined;
  return (elapsed * (1 - fraction)) / fraction;
}

function endOf(text: string, length: number): string {
  return text.length > length ? CUT + text.slice(-length) : text;
}

function firstOf<T>(lines: readonly string[], find: (line: string) => T | undefined): T | undefined {
  return lines.reduce<T | undefined>((found, line) => found ?? find(line), undefined);
}

function progressIn(line: string): Progress | undefined {
  const told = [...line.matchAll(COUNT), ...line.matchAll(PERCENT)]
    .map((match) => ({ at: match.index, progress: progressOf(match) }))
    // `0 / 0` is no progress: its fraction is not a number and fails every comparison.
    .filter(({ progress }) => progress.fraction <= 1);
  return told.sort((a, b) => a.at - b.at).at(-1)?.progress;
}

function progressOf([, number, of]: RegExpExecArray): Progress {
  const [done, total] = [Number(number), Number(of)];
  return of === undefined ? { fraction: done / 100 } : { fraction: done / total, done, total };
}

function elapsedIn(line: string): number | undefined {
  const last = [...line.matchAll(ELAPSED)].at(-1);
  return last === undefined ? undefined : Number(last[1]);
}
