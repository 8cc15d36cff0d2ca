/** A text with its variables filled in, or what is wrong with one of them, as the clauses of a problem. */
export type Filled =
  | { readonly kind: "ok"; readonly value: string }
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "malformed"; readonly at: string };

/** `$$`, `$NAME`, `${NAME}`; else what looks like a shell's, which nothing here would carry out. */
const DOLLAR = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|([{(\d][^\s:]*))/g;

/**
 * Fills in `$NAME` and `${NAME}`; `$$` stands for a dollar sign, and so does a `$` before what begins no name. The first
 * fault counts: a variable that is not there, or another of a shell's expansions (`${A:-b}`, `$(date)`, `$1`).
 */
export function fillVariables(text: string, variables: Readonly<Record<string, string | undefined>>): Filled {
  let fault: Filled | undefined;
  const value = text.replace(DOLLAR, (match, dollar, bare, braced, other) => {
    if (dollar !== undefined) return "$";
    if (other !== undefined) fault ??= { kind: "malformed", at: match };
    const name: string = bare ?? braced ?? "";
    const found = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (found === undefined) fault ??= { kind: "unknown", name };
    return found ?? "";
  });
  return fault ?? { kind: "ok", value };
}
