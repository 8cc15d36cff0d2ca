import { type ReadInfo, sortOptions, unreadableInfo } from "../job/info.ts";
import { commentNotes } from "../job/info-check.ts";
import { askFor, type InfoKey, infoKey } from "../job/info-key.ts";
import { quoted } from "../text/escape.ts";
import { nearest } from "../text/nearest.ts";
import type { Problem } from "../text/problem.ts";
import { type CfgEntry, type CfgSections, readCfg } from "./cfg.ts";

const SECTION = "QMOptions";

/** Reads the section `[QMOptions]`, its name in any case if not as written here; `file` names the problems. */
export function readCfgInfo(text: string, file: string): ReadInfo {
  const { sections, problems: faults } = readCfg(text, file, SECTION);
  const section = findSection(sections);
  if (section === undefined)
    return unreadableInfo(faults.length > 0 ? faults : [withoutSection(sections, file)]);
  const entries = [...section.entries.values()];
  const { fields, problems, own } = sortOptions(entries);
  const swallowed = entries.flatMap((entry) => swallowedOptions(entry, file));
  const notes = [...commentNotes(fields, file), ...swallowed];
  return { fields, problems: [...faults, ...problems], own, notes };
}

/** The section of a job's options, its name in any case if not as it should be; undefined where there is none. */
export function findSection<S extends { readonly name: string }>(
  sections: ReadonlyMap<string, S>,
): S | undefined {
  const inAnyCase = [...sections.values()].find(({ name }) => name.toLowerCase() === SECTION.toLowerCase());
  return sections.get(SECTION) ?? inAnyCase;
}

function withoutSection(sections: CfgSections, file: string): Problem {
  const names = [...sections.keys()].slice(0, 10).map((name) => quoted(`[${name}]`));
  const wrong = `has no section [${SECTION}], ${names.length === 0 ? "nor any other" : `only ${names.join(", ")}`}`;
  const meant = nearest(SECTION, [...sections.keys()]);
  const right =
    meant === undefined
      ? `should begin with a line [${SECTION}], with the options after it`
      : askFor(`[${meant}]`, `[${SECTION}]`, sections.get(meant)?.line);
  return { file, wrong, right };
}

/** Keys that people also write in prose, as `size: 3 nm` in a description or notes of several lines. */
const WORDS: ReadonlySet<InfoKey> = new Set(["script", "owner", "info", "priority", "size"]);

/**
 * Notes about indented lines that were probably meant as options: as in Python, they belong to the option above. No such line
 * is what a shell, a text in quotes or a here-document may well have there.
 */
function swallowedOptions({ key: holder, continued, value }: CfgEntry, file: string): Problem[] {
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
