import type { Cell } from "./figure.ts";

/** One part of the benchmark. */
export interface Part {
  /** As it is chosen on the command line. */
  readonly name: string;
  readonly title: string;
  /** The way it is measured, for the reader of the table. */
  readonly about: string;
  readonly measure: (size: Size, tell: Tell) => Promise<readonly Cell[]>;
}

/** Extent of the measuring: all of it, or so little that it only shows that the measuring works. */
export type Size = "full" | "quick";

/** Says on the terminal what goes on. */
export type Tell = (line: string) => void;
