import { expect } from "vitest";
import { nextOccurrence, occurrences, type Timetable } from "../../../src/plan/triggers/occurrences.ts";
import { readSchedule, type Schedule } from "../../../src/plan/triggers/schedule.ts";
import { type Zone, zoneNamed } from "../../../src/plan/triggers/zone.ts";

export function zone(name: string): Zone {
  const found = zoneNamed(name);
  expect(found, name).toBeDefined();
  return found as Zone;
}

export function schedule(text: string): Schedule {
  const read = readSchedule(text);
  expect(read, text).toMatchObject({ kind: "ok" });
  return read.kind === "ok" ? read.value : [];
}

export function timetable(text: string, zoneName = "UTC", firstSeen = "2026-01-01T00:00:00Z"): Timetable {
  return { schedule: schedule(text), zone: zone(zoneName), firstSeenMs: Date.parse(firstSeen) };
}

/** The times due, as moments in UTC without year and seconds, each with the clock's time where that is not the one shown then. */
export function dues(table: Timetable, from: string, to: string): string[] {
  return [...occurrences(table, Date.parse(from), Date.parse(to))].map(({ dueMs, wall }) => {
    const shown =
      wall === table.zone.wallAt(dueMs) ? "" : ` for ${new Date(wall).toISOString().slice(11, 16)}`;
    return `${new Date(dueMs).toISOString().slice(5, 16)}${shown}`;
  });
}

/** The clock's times of the next occurrences. */
export function walls(text: string, from: string, count: number): string[] {
  const table = timetable(text);
  const found: string[] = [];
  let at = Date.parse(from);
  while (found.length < count) {
    const next = nextOccurrence(table, at);
    if (next === undefined) break;
    found.push(new Date(next.wall).toISOString().slice(0, 16));
    at = next.dueMs + 1;
  }
  return found;
}
