type Rgb = readonly [red: number, green: number, blue: number];

// What xterm shows for the sixteen colours that have numbers of their own.
const SIXTEEN: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

const CUBE_LEVELS = [0, 95, 135, 175, 215, 255] as const;

/** The nearest of the sixteen colours, 0-15, to one of xterm's 256; undefined for a number that is none. */
export function nearestToIndexed(index: number): number | undefined {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined;
  if (index < 16) return index;
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return nearestToRgb(grey, grey, grey);
  }
  const place = index - 16;
  return nearestToRgb(level(Math.floor(place / 36)), level(Math.floor(place / 6) % 6), level(place % 6));
}

/** The nearest of the sixteen colours, 0-15, to one of three parts 0-255; undefined where a part is none. */
export function nearestToRgb(red: number, green: number, blue: number): number | undefined {
  const isColour = [red, green, blue].every((part) => part >= 0 && part <= 255);
  if (!isColour) return undefined;
  const distances = SIXTEEN.map(([r, g, b]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2);
  return distances.indexOf(Math.min(...distances));
}

function level(step: number): number {
  return CUBE_LEVELS[step] ?? 0;
}
