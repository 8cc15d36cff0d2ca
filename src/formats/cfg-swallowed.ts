import { type InfoKey, infoKey } from "../job/info-key.ts";
import type { Problem } from "../text/problem.ts";
import type { CfgEntry } from "./cfg.ts";

/** Keys that people also write in prose, as `size: 3 nm` in a description or notes of several lines. */
const WORDS: ReadonlySet<InfoKey> = new Set(["script", "owner", "info", "priority", "size"]);

/**
 * Notes about indented lines that were probably meant as options: as in Python, they belong to the option above. No such line
 * is what a shell, a text in quotes or a here-document may well have there.
 */
export function swallowedOptions({ key: holder, continued, value }: CfgEntry, file: string): Problem[] {
  const whole = value.kind === "ok" ? value.value : "";
  if (whole.includes("<<")) return [];
  const isProse = [undefined, "info"].includes(infoKey(holder));
  let isQuoted = opensQuote(whole.split("\n", 1)[0] ?? "");
  return continued.flatMap(({ line, text, above }) => {
    const isText = isQuoted || above.endsWith("\\");
    isQuoted = isQuoted !== opensQuote(text);
    const key = isText ? undefined : optionIn(text, whole);
    if (key === undefined || (isProse && WORDS.has(key))) return [];
    const wrong = `begins with blanks, so that it belongs to ${holder}`;
    return [{ file, line, wrong, right: `remove the blanks to set ${key}` }];
  });
}

// `size=3` may be a variable of the shell's, which is then used.
function optionIn(text: string, whole: string): InfoKey | undefined {
  const [, written = "", sign, value = ""] = /^([\w-]+)(\s*[:=]\s*)(.*)$/.exec(text) ?? [];
  const key = infoKey(written);
  if (sign !== "=" || key === undefined) return key;
  const isUsed = whole.split(new RegExp(String.raw`\b${written}\b`)).length > 2;
  return isUsed || /\s/.test(value) ? undefined : key;
}

function opensQuote(text: string): boolean {
  return text.replaceAll(/[^"']/g, "").length % 2 === 1;
}
