import { STATE_WORDS } from "../../job/words.ts";
import { escapeControls } from "../../text/escape.ts";
import { type EndedFilter, OUTCOME_FILTERS } from "../ended/ended-filter.ts";

/** The question that the address of the front page asks. */
export interface FrontQuery {
  readonly filter: EndedFilter;
  /** Page of ended jobs, from 1. */
  readonly page: number;
  /** Page of waiting jobs, from 1. */
  readonly waitingPage: number;
  /** True where a page without scripts does not load itself again, while the filter is filled in. */
  readonly isStill: boolean;
}

const MAX_TEXT = 200;
const MAX_PAGE = 1_000_000;

/** Reads an address's query; what makes no sense is passed over, so that no link of old leads to an error. */
export function readFrontQuery(query: Readonly<Record<string, unknown>>): FrontQuery {
  const outcome = OUTCOME_FILTERS.find((known) => known === query["outcome"]);
  return {
    filter: { text: textOf(query["q"]), owner: textOf(query["owner"]), outcome },
    page: pageOf(query["page"]),
    waitingPage: pageOf(query["waiting"]),
    isStill: query["still"] === "yes",
  };
}

/** The address of the front page that asks for this. */
export function frontLink(query: Partial<FrontQuery>, anchor = ""): string {
  const { filter = {}, page = 1, waitingPage = 1, isStill = false } = query;
  const pairs: [string, string | undefined][] = [
    ["q", filter.text],
    ["owner", filter.owner],
    ["outcome", filter.outcome],
    ["page", page > 1 ? String(page) : undefined],
    ["waiting", waitingPage > 1 ? String(waitingPage) : undefined],
    ["still", isStill ? "yes" : undefined],
  ];
  const search = new URLSearchParams(
    pairs.flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, value]])),
  ).toString();
  return `/${search === "" ? "" : `?${search}`}${anchor}`;
}

const OUTCOME_WORDS = { ...STATE_WORDS, trouble: "not done", failure: "not done, except killed" };

/** The outcomes to choose from, in words. */
export const OUTCOME_CHOICES = OUTCOME_FILTERS.map((value) => ({
  value,
  text: OUTCOME_WORDS[value].toLowerCase(),
}));

function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim().slice(0, MAX_TEXT) : "";
  return text === "" ? undefined : text;
}

function pageOf(value: unknown): number {
  const page = typeof value === "string" && /^\d{1,7}$/.test(value) ? Number(value) : 1;
  return Math.min(MAX_PAGE, Math.max(1, page));
}

const MAX_OWNERS = 200;

/** The owners to choose from: one whose name cannot be shown as it is could not be asked for either. */
export function ownerChoices(owners: readonly string[]): string[] {
  const isShownAsItIs = (owner: string) => owner.isWellFormed() && escapeControls(owner) === owner;
  return owners.filter(isShownAsItIs).slice(0, MAX_OWNERS);
}

/** The neighbours of a page, from 1; beyond the last page there is none but the last. */
export function pagingOf(asked: number, total: number, perPage: number, linkTo: (page: number) => string) {
  const pages = pagesOf(total, perPage);
  const page = Math.min(asked, pages);
  return {
    page,
    pages,
    newerLink: page > 1 ? linkTo(page - 1) : undefined,
    olderLink: page < pages ? linkTo(page + 1) : undefined,
  };
}

/** Number of pages of a list; an empty one has one too. */
export function pagesOf(total: number, perPage: number): number {
  return Math.max(1, Math.ceil(total / perPage));
}
