/** A value read from its text, or what would have been right as a clause: "should be True or False". */
export type Parsed<T> =
  | {
      readonly kind: "ok";
      readonly value: T;
      /** The text to show, where it is not the text as written. */
      readonly shown?: string;
    }
  | {
      readonly kind: "wrong";
      readonly right: string;
      /** The content of the text in its place, where that tells more than the text itself. */
      readonly wrong?: string;
    };

/** A value; `shown` is the text to show in place of the one that was written. */
export function ok<T>(value: T, shown?: string): Parsed<T> {
  return shown === undefined ? { kind: "ok", value } : { kind: "ok", value, shown };
}

/** No value: what would have been right and, where that tells more than the text does, what it has instead. */
export function wrong(right: string, instead?: string): Parsed<never> {
  return instead === undefined ? { kind: "wrong", right } : { kind: "wrong", right, wrong: instead };
}

/** Digits alone, from `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => Parsed<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} up` : `${least} to ${most}`;
  return numberLike(/^\d+$/, least, most, `should be a whole number from ${range}`);
}

/** A number from `least` to `most` in a text of this form; the form's first group is the number where it has one. */
export function numberLike(
  form: RegExp,
  least: number,
  most: number,
  right: string,
): (text: string) => Parsed<number> {
  return (text) => {
    const [whole, number = whole] = form.exec(text) ?? [];
    const value = Number(number ?? Number.NaN);
    return value >= least && value <= most ? ok(value) : wrong(right);
  };
}

/** The parts of a list; empty ones, as after a last comma, are left out, and repeats too. */
export function commaSeparated(text: string): readonly string[] {
  const parts = text.split(",").map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ""))];
}

const TRUE_WORDS = new Set(["1", "yes", "true", "on"]);
const FALSE_WORDS = new Set(["0", "no", "false", "off"]);

/** The words of Python's `ConfigParser.getboolean`. */
export function boolean(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return ok(true);
  return FALSE_WORDS.has(word) ? ok(false) : wrong("should be True or False");
}
