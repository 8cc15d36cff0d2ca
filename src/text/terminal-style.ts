/** The settings of a terminal before anything has been said about them; colours by number, 0-15. */
export const PLAIN_STYLE = {
  fg: undefined as number | undefined,
  bg: undefined as number | undefined,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
};

/** The settings of a terminal for the next character. */
export type TerminalStyle = Readonly<typeof PLAIN_STYLE>;

const SWITCHES: Readonly<Record<number, Partial<TerminalStyle>>> = {
  0: PLAIN_STYLE,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  39: { fg: undefined },
  49: { bg: undefined },
};

const EXTENDED: Readonly<Record<number, "fg" | "bg" | "other">> = { 38: "fg", 48: "bg", 58: "other" };

/** The style after `ESC [ parameters m` (ECMA-48, SGR; 256 and true colours as ISO 8613-6 and xterm write them). */
export function applySgr(style: TerminalStyle, parameters: string): TerminalStyle {
  if (!/^[\d;:]*$/.test(parameters)) return style;
  let next = style;
  const groups = parameters.split(";").map((group) => group.split(":"));
  for (let at = 0; at < groups.length; ) {
    const { change, length } = readChange(groups, at);
    next = { ...next, ...change };
    at += length;
  }
  return next;
}

/** The names of a style for a stylesheet: `fg-1 bold`; empty for plain text. */
export function classesOf({ fg, bg, ...switches }: TerminalStyle): string {
  const names = [fg === undefined ? "" : `fg-${fg}`, bg === undefined ? "" : `bg-${bg}`];
  for (const [name, isOn] of Object.entries(switches)) names.push(isOn ? name : "");
  return names.filter((name) => name !== "").join(" ");
}

interface Change {
  readonly change: Partial<TerminalStyle>;
  /** Number of groups that it takes up. */
  readonly length: number;
}

function readChange(groups: readonly (readonly string[])[], at: number): Change {
  const group = groups[at] ?? [];
  const code = Number(group[0] ?? "");
  const layer = EXTENDED[code];
  if (layer === undefined) return { change: simpleChange(code, group[1]), length: 1 };
  if (group.length > 1) return { change: colourChange(layer, colourOf(group.slice(1))), length: 1 };
  const following = groups.slice(at + 1, at + 5).map((parts) => parts[0] ?? "");
  const length = following[0] === "5" ? 3 : following[0] === "2" ? 5 : 1;
  return { change: colourChange(layer, colourOf(following.slice(0, length - 1))), length };
}

function simpleChange(code: number, detail: string | undefined): Partial<TerminalStyle> {
  if (code === 4 && detail === "0") return { underline: false };
  if (code >= 30 && code <= 37) return { fg: code - 30 };
  if (code >= 40 && code <= 47) return { bg: code - 40 };
  if (code >= 90 && code <= 97) return { fg: code - 82 };
  if (code >= 100 && code <= 107) return { bg: code - 92 };
  return SWITCHES[code] ?? {};
}

function colourChange(layer: "fg" | "bg" | "other", colour: number | undefined): Partial<TerminalStyle> {
  return layer === "other" || colour === undefined ? {} : { [layer]: colour };
}

// `5;index`, `2;red;green;blue`, and between the latter's `2` and red a colour space, where colons separate.
function colourOf([kind, ...parts]: readonly string[]): number | undefined {
  if (kind === "5") return nearestToIndexed(Number(parts[0] ?? ""));
  if (kind !== "2") return undefined;
  const [red, green, blue] = (parts.length > 3 ? parts.slice(1) : parts).map(Number);
  return nearestToRgb(red ?? 0, green ?? 0, blue ?? 0);
}

type Rgb = readonly [red: number, green: number, blue: number];

// The colours of xterm for the sixteen that have numbers of their own.
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
function nearestToIndexed(index: number): number | undefined {
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
function nearestToRgb(red: number, green: number, blue: number): number | undefined {
  const isColour = [red, green, blue].every((part) => part >= 0 && part <= 255);
  if (!isColour) return undefined;
  const distances = SIXTEEN.map(([r, g, b]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2);
  return distances.indexOf(Math.min(...distances));
}

function level(step: number): number {
  return CUBE_LEVELS[step] ?? 0;
}
