import fs from "node:fs";
import path from "node:path";
import ejs from "ejs";
import type { LetterBody } from "./letter.ts";

const TEMPLATE = path.join(import.meta.dirname, "../../views/mail/letter.ejs");

let template: ((locals: { readonly letter: LetterBody }) => string) | undefined;

/** A letter as HTML; undefined where that fails: a template that is not there must not keep a job from being reported. */
export function renderHtml(letter: LetterBody): string | undefined {
  try {
    template ??= ejs.compile(fs.readFileSync(TEMPLATE, "utf8"), { strict: true, localsName: "it" });
    return template({ letter });
  } catch {
    return undefined;
  }
}
