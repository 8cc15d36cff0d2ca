import { occurrenceName } from "./occurrence-name.ts";
import { nextOccurrence, type Occurrence, occurrences, type Timetable } from "./occurrences.ts";
import { closedAt, nextOpen, type Opening } from "./opening.ts";
import { longerStretch, type Stretch } from "./stretches.ts";

/** A part of what comes next. */
export type Upcoming =
  | { readonly kind: "run"; readonly name: string; readonly occurrence: Occurrence }
  /** Those that are excluded before the next one that runs. */
  | ({ readonly kind: "excluded" } & Stretch)
  /** All that would come, within ten years at least, is excluded. */
  | { readonly kind: "never"; readonly why: string };

/** The next `count` occurrences that will run, with what is excluded before each of them. */
export function upcoming(
  name: string,
  timetable: Timetable,
  opening: Opening,
  fromMs: number,
  count: number,
): readonly Upcoming[] {
  const told: Upcoming[] = [];
  let at = fromMs;
  for (let runs = 0; runs < count; runs += 1) {
    const next = nextOpen(timetable, opening, at);
    if (next === undefined) return [...told, ...neverAgain(timetable, opening, at)];
    for (const occurrence of occurrences(timetable, at, next.dueMs + 1)) {
      const why = closedAt(opening, occurrence.wall)?.why;
      if (why !== undefined) addExcluded(told, why, occurrence.dueMs);
      else told.push({ kind: "run", name: occurrenceName(name, occurrence, timetable.zone), occurrence });
    }
    at = next.dueMs + 1;
  }
  return told;
}

function neverAgain(timetable: Timetable, opening: Opening, fromMs: number): readonly Upcoming[] {
  const next = nextOccurrence(timetable, fromMs);
  const why = next && closedAt(opening, next.wall)?.why;
  return why === undefined ? [] : [{ kind: "never", why }];
}

function addExcluded(told: Upcoming[], why: string, dueMs: number): void {
  const last = told.at(-1);
  const same = last?.kind === "excluded" && last.why === why ? last : undefined;
  if (same !== undefined) told.pop();
  told.push({ kind: "excluded", ...longerStretch(same, "excluded", why, dueMs) });
}
