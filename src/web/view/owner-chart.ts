/** What one owner's bar stands for. */
export interface OwnerBar {
  readonly owner: string;
  readonly value: number;
  /** The part of it, from its beginning, that is hatched. */
  readonly hatched?: number;
  /** The value in words, beside the bar. */
  readonly text: string;
}

/** A chart of bars, one below the other, as its template draws it, in the units of its view box. */
export interface OwnerChart {
  /** Part of the ids. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly bars: readonly {
    readonly owner: string;
    readonly tip: string;
    readonly nameY: number;
    readonly y: number;
    readonly height: number;
    readonly width: number;
    readonly hatchedWidth: number;
    readonly textX: number;
    readonly textY: number;
    readonly text: string;
  }[];
}

const WIDTH = 360;
const ROW_HEIGHT = 44;
const BAR_HEIGHT = 14;
/** What is left of the width is for the value. */
const MAX_BAR_WIDTH = 190;
const MAX_NAME = 44;

/** Draws one bar for each owner. */
export function ownerChart(
  { id, title, description }: Pick<OwnerChart, "id" | "title" | "description">,
  bars: readonly OwnerBar[],
): OwnerChart {
  const max = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  return {
    id,
    title,
    description,
    width: WIDTH,
    height: bars.length * ROW_HEIGHT,
    bars: bars.map((bar, at) => drawBar(bar, at * ROW_HEIGHT, max)),
  };
}

function drawBar({ owner, value, hatched = 0, text }: OwnerBar, top: number, max: number) {
  const hatchedWidth = widthOf(hatched, max);
  const width = widthOf(value, max);
  return {
    owner: owner.length > MAX_NAME ? `${owner.slice(0, MAX_NAME - 1)}…` : owner,
    tip: `${owner}: ${text}`,
    nameY: top + 14,
    y: top + 20,
    height: BAR_HEIGHT,
    width,
    hatchedWidth,
    textX: width + 8,
    textY: top + 20 + BAR_HEIGHT - 2.5,
    text,
  };
}

// What there is shows, however little it is.
function widthOf(value: number, max: number): number {
  return value > 0 ? Math.max(1, Math.round((value / max) * MAX_BAR_WIDTH * 10) / 10) : 0;
}
