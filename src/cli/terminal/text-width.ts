const ZERO_WIDTH = /^[\p{M}\p{Cf}]$/u;
const DOUBLE_WIDTH =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;

/** Columns that a text takes on a terminal: marks none, Chinese and the like two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfOne(character);
  return width;
}

/** The text in at most `columns` columns; a cut one ends with `…`. */
export function cutToWidth(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return columns < 1 ? "" : `${beginning(text, columns - 1)}…`;
}

/** The text in lines of at most `columns` columns, broken between words; a word that is longer is broken in itself. */
export function wrapToWidth(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= columns) line = longer;
    else {
      if (line !== "") lines.push(line);
      for (line = word; widthOf(line) > columns; ) {
        const part = beginning(line, columns) || String.fromCodePoint(line.codePointAt(0) ?? 0);
        lines.push(part);
        line = line.slice(part.length);
      }
    }
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

function beginning(text: string, columns: number): string {
  let cut = "";
  let width = 0;
  for (const character of text) {
    width += widthOfOne(character);
    if (width > columns) break;
    cut += character;
  }
  return cut;
}

function widthOfOne(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return DOUBLE_WIDTH.test(character) ? 2 : 1;
}
