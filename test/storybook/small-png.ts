import { crc32, deflateSync, inflateSync } from "node:zlib";

/** A picture as its pixels, three bytes each: red, green, blue. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const COLOURS = 256;
const COLOUR_BYTES = 3;
/** So many of the palette are the most frequent ones; the others are chosen to be like none before them. */
const FREQUENT = 128;

/**
 * The same picture in a third of the bytes: a page has few colours, so that 256 of them can stand for all.
 * @param png eight bits for each of red, green and blue, as browsers write it
 */
export function smallPng(png: Buffer): Buffer {
  const { width, height, pixels } = readPng(png);
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += COLOUR_BYTES) {
    const colour = pixels.readUIntBE(at, COLOUR_BYTES);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf([...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour));
  const indexOf = new Map([...counts.keys()].map((colour) => [colour, nearest(colour, palette)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < width * height; at += 1)
    rows[at + Math.floor(at / width) + 1] =
      indexOf.get(pixels.readUIntBE(at * COLOUR_BYTES, COLOUR_BYTES)) ?? 0;
  return writePng(width, height, palette, rows);
}

// Frequency alone would leave out the few green letters on a large page.
function paletteOf(byFrequency: readonly number[]): number[] {
  const palette = byFrequency.slice(0, FREQUENT);
  const rest = byFrequency.slice(FREQUENT).map((colour) => ({
    colour,
    error: Math.min(...palette.map((known) => distance(colour, known))),
  }));
  while (palette.length < COLOURS && rest.length > 0) {
    const worst = rest.reduce((most, next) => (next.error > most.error ? next : most));
    palette.push(worst.colour);
    for (const left of rest) left.error = Math.min(left.error, distance(left.colour, worst.colour));
  }
  return palette;
}

/** The pixels of a picture that a browser has taken. */
function readPng(png: Buffer): Picture {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === "IHDR")?.body ?? Buffer.alloc(13);
  if (header[8] !== 8 || header[9] !== 2) throw new Error("only pictures of eight-bit colours are read");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const packed = chunks.flatMap(({ type, body }) => (type === "IDAT" ? [body] : []));
  return {
    width,
    height,
    pixels: unfiltered(inflateSync(Buffer.concat(packed)), width * COLOUR_BYTES, height),
  };
}

function chunksOf(png: Buffer): { type: string; body: Buffer }[] {
  const chunks = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString("latin1", at + 4, at + 8),
      body: png.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
}

// Each row tells by what its bytes were predicted (PNG specification, 9.2): left, above, their mean, or Paeth's choice.
function unfiltered(rows: Buffer, stride: number, height: number): Buffer {
  const pixels = Buffer.alloc(stride * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const [row, column] = [Math.floor(at / stride), at % stride];
    const left = column < COLOUR_BYTES ? 0 : (pixels[at - COLOUR_BYTES] ?? 0);
    const above = pixels[at - stride] ?? 0;
    const corner = column < COLOUR_BYTES ? 0 : (pixels[at - stride - COLOUR_BYTES] ?? 0);
    const filter = rows[row * (stride + 1)] ?? 0;
    const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
    pixels[at] = ((rows[at + row + 1] ?? 0) + predicted) & 0xff;
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [byLeft, byAbove, byCorner] = [left, above, corner].map((value) => Math.abs(guess - value));
  if ((byLeft ?? 0) <= (byAbove ?? 0) && (byLeft ?? 0) <= (byCorner ?? 0)) return left;
  return (byAbove ?? 0) <= (byCorner ?? 0) ? above : corner;
}

function nearest(colour: number, palette: readonly number[]): number {
  const distances = palette.map((candidate) => distance(colour, candidate));
  return distances.indexOf(Math.min(...distances));
}

function distance(a: number, b: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 0xff) - ((b >> shift) & 0xff)) ** 2, 0);
}

function writePng(width: number, height: number, palette: readonly number[], rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const colours = Buffer.from(
    palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]),
  );
  const packed = deflateSync(rows, { level: 9 });
  const parts = [
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", packed),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([SIGNATURE, ...parts]);
}

function chunk(type: string, body: Buffer): Buffer {
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  const typed = Buffer.concat([Buffer.from(type, "latin1"), body]);
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}
