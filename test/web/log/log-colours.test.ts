import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const AA = 4.5;

const sheet = fs.readFileSync(path.join(import.meta.dirname, "../../../views/static/log.css"), "utf8");
const [light = "", dark = ""] = sheet.split("@media (prefers-color-scheme: dark)");

function coloursOf(scheme: string, names: RegExp): string[] {
  const declarations = [...scheme.matchAll(/--log-([a-z]+(?:-\d+)?):\s*(#[0-9a-f]{6});/g)];
  return declarations.flatMap(([, name = "", colour = ""]) => (names.test(name) ? [colour] : []));
}

// Contrast as WCAG 2 defines it.
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(colour.slice(at, at + 2), 16)),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(part: number): number {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

describe.each([
  ["light", light],
  ["dark", dark],
])("the %s colours of a log", (_, scheme) => {
  const inks = coloursOf(scheme, /^(text|dim|fg-\d+)$/);
  const papers = coloursOf(scheme, /^(ground|bg-\d+)$/);

  it("are all there", () => expect([inks.length, papers.length]).toEqual([18, 17]));

  it("can be read, each on each", () => {
    const poor = inks.flatMap((ink) =>
      papers.filter((paper) => contrast(ink, paper) < AA).map((paper) => [ink, paper]),
    );
    expect(poor).toEqual([]);
  });
});

it("each colour has its classes", () => {
  for (let colour = 0; colour < 16; colour += 1) {
    expect(sheet).toContain(`.log .fg-${colour} {`);
    expect(sheet).toContain(`.log .bg-${colour} {`);
  }
});
