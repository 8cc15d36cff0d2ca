import type { PageFigures } from "./page-measure.ts";

/** A figure beside what it is to reach. */
export interface JudgedFigure {
  readonly what: string;
  readonly value: number;
  /** At most. */
  readonly target: number;
  readonly unit: "ms" | "bytes" | "s/min" | "×";
  readonly met: boolean;
}

/** Every figure of the page that has a target; the last measurement is also compared with the first. */
export function judge(measured: readonly PageFigures[]): JudgedFigure[] {
  const [first, last] = [measured.at(0), measured.at(-1)];
  const each = measured.flatMap((figures) => {
    const of = (what: string) => `${what} with ${figures.finishedJobs.toLocaleString("en-US")} finished jobs`;
    return [
      judged(of("median time to the front page"), figures.frontMedianMs, 20, "ms"),
      judged(of("front page on the wire"), figures.frontWireBytes, 80_000, "bytes"),
      judged(of("first front page after the start"), figures.readyMs, 3000, "ms"),
      judged(of("processor time at rest"), figures.idleCpuSecondsAMinute, 0.1, "s/min"),
    ];
  });
  if (first === undefined || last === undefined || first === last) return each;
  const growth = last.frontMedianMs / first.frontMedianMs;
  const what = `median time with ${last.finishedJobs.toLocaleString("en-US")} finished jobs, compared with ${first.finishedJobs.toLocaleString("en-US")}`;
  return [...each, judged(what, growth, 2, "×")];
}

function judged(what: string, value: number, target: number, unit: JudgedFigure["unit"]): JudgedFigure {
  return { what, value, target, unit, met: value <= target };
}
