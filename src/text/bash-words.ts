/** Something in a script that only bash and its like understand. */
export interface BashWord {
  /** 1-based. */
  readonly line: number;
  readonly word: string;
}

/** Forms that `sh` refuses or takes for something else where it is dash or busybox, by the word they are called. */
const FORMS: readonly (readonly [word: string, form: RegExp])[] = [
  ["source", /(?:^|[;&|(]|\b(?:then|do|else)\s)\s*source\s+[^\s=]/],
  ["[[", /(?:^|[;&|(!]|\b(?:if|elif|while|until|then|do|else)\s)\s*\[\[\s/],
  ["an array", /(?:^|[;&|]|\b(?:then|do|else|local)\s)\s*[A-Za-z_]\w*\+?=\(/],
  ["function", /^\s*function\s+[A-Za-z_]/],
  ["<<<", /<<</],
  ["<(…)", /(?:^|\s)[<>]\(/],
  ["((…))", /(?:^|[;&|]|\b(?:if|while|for)\s)\s*\(\(/],
];

/** The first of each form of bash in a script; what is quoted, a comment or a here-document does not count. */
export function bashWordsIn(script: string): readonly BashWord[] {
  const lines = bareLines(script);
  return FORMS.flatMap(([word, form]) => {
    const at = lines.findIndex((line) => form.test(line));
    return at === -1 ? [] : [{ line: at + 1, word }];
  });
}

/** Each line without its comment and with its quoted texts emptied; those of a here-document are empty. */
function bareLines(script: string): string[] {
  let ending: string | undefined;
  return withoutQuotes(script).map((line) => {
    if (ending !== undefined) {
      if (line.trim() === ending) ending = undefined;
      return "";
    }
    ending = /(?<!<)<<-?\s*\\?([A-Za-z_]\w*)/.exec(line)?.[1];
    return line;
  });
}

// The word that ends a here-document keeps its letters, quoted or not.
function withoutQuotes(script: string): string[] {
  const bare = script.replaceAll(
    /(<<-?\s*)(["'])(\w+)\2|\\.|'[^']*'|"(?:[^"\\]|\\.)*"|(?<=^|[\s;])#.*/gm,
    (text, before: string | undefined, _quote, word: string | undefined) =>
      before === undefined ? text.replaceAll(/[^\n]/g, "") : `${before}${word ?? ""}`,
  );
  return bare.split("\n");
}
