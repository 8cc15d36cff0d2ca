import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import ejs from "ejs";
import { escapeControls } from "../text/escape.ts";
import { tryOr } from "../text/try-or.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import type { StoredLetter } from "./stored-letter.ts";

/** The content of a letter before it has a form: every text in it is one line, safe to show. */
export interface LetterBody {
  readonly heading: string;
  /** The event in plain words. */
  readonly cause: readonly string[];
  readonly rows?: readonly (readonly [label: string, value: string])[];
  /** The page's address of it. */
  readonly link?: string;
  readonly log?: { readonly title: string; readonly lines: readonly string[] };
  /** Advice for the reader. */
  readonly advice: readonly string[];
}

/** One letter before it is written into the outbox. */
export interface Letter {
  /** Its identity: unlike that of every other letter, and the same however often this one is made. */
  readonly key: readonly string[];
  readonly about: StoredLetter["about"];
  readonly to: readonly string[];
  /** Its heading after `[QM]` where it has no subject of its own. */
  readonly subject?: string;
  readonly body: LetterBody;
  readonly job?: string;
  readonly outcome?: string;
}

const MAX_SUBJECT_CHARACTERS = 200;

/**
 * Gives a letter the form in which it waits in the outbox. The same letter has the same id and `Message-ID` always.
 * @param createdAtMs when it is written: how long it is tried counts from then
 */
export function storeForm(letter: Letter, createdAtMs: number): StoredLetter {
  const { about, to, body, subject = `[QM] ${body.heading}`, job, outcome } = letter;
  const id = createHash("sha256").update(letter.key.join("\0")).digest("hex").slice(0, 24);
  return withoutUndefined({
    version: 1 as const,
    id,
    about,
    createdAt: new Date(createdAtMs).toISOString(),
    messageId: `<${id}@${messageHost()}>`,
    to: [...to],
    pending: [...to],
    refused: [],
    subject: headerText(subject),
    text: renderText(body),
    html: renderHtml(body),
    job: job && headerText(job),
    outcome,
  });
}

// Mail programs decode `=?…?=`: a stranger could smuggle in what `oneLine` removes.
function headerText(text: string): string {
  return oneLine(text.replaceAll("=?", "= ?"), MAX_SUBJECT_CHARACTERS);
}

/** A stranger's text as one line that cannot steer, forge or flood anything, of at most so many characters. */
export function oneLine(text: string, maxCharacters: number): string {
  const characters = Array.from(escapeControls(text.toWellFormed()));
  if (characters.length <= maxCharacters) return characters.join("");
  return `${characters.slice(0, maxCharacters - 1).join("")}…`;
}

/** A stranger's text as a few such lines. */
export function fewLines(text: string, maxLines: number, maxCharacters: number): readonly string[] {
  const lines = text.trim().split(/\r\n|\r|\n/);
  const shown = lines.slice(0, maxLines).map((line) => oneLine(line, maxCharacters));
  return lines.length > maxLines ? [...shown, `… and ${lines.length - maxLines} more lines`] : shown;
}

/** This machine's name as a mail address may have it. */
export function messageHost(): string {
  const name = os.hostname().toLowerCase();
  return /^[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?$/.test(name) && !name.includes("..") ? name : "localhost";
}

const LABEL_COLUMNS = 16;

function renderText({ heading, cause, rows = [], link, log, advice }: LetterBody): string {
  const facts = rows.map(
    ([label, value]) => `${(label === "" ? "" : `${label}:`).padEnd(LABEL_COLUMNS)}${value}`,
  );
  const page = link === undefined ? [] : [`${"Page:".padEnd(LABEL_COLUMNS)}${link}`];
  const ending =
    log === undefined ? [] : [`${log.title}:`, ...log.lines.map((line) => `  ${line}`.trimEnd())];
  const parts = [[heading], cause, [...facts, ...page], ending, advice];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}

const TEMPLATE = path.join(import.meta.dirname, "../../views/mail/letter.ejs");

let template: ((locals: { readonly letter: LetterBody }) => string) | undefined;

/** A letter as HTML; undefined where that fails: a template that is not there must not keep a job from being reported. */
function renderHtml(letter: LetterBody): string | undefined {
  return tryOr(() => {
    template ??= ejs.compile(fs.readFileSync(TEMPLATE, "utf8"), { strict: true, localsName: "it" });
    return template({ letter });
  }, undefined);
}

/** The address of a job's page. */
export function jobPage(pageUrl: string, name: string): string {
  return `${pageUrl}/jobs/${encodeURIComponent(name.toWellFormed())}`;
}
