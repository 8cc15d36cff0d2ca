import { DAY_MS, type WallMs } from "./wall.ts";

/** A stretch of time in which the clock of a zone keeps its distance from UTC. Its beginning is included, its end is not. */
interface ZonePeriod {
  readonly fromMs: number;
  readonly toMs: number;
  /** By how much the clock is ahead of UTC. */
  readonly offsetMs: number;
}

/** A change of a clock, from one time on it to another. */
export interface ClockChange {
  readonly ms: number;
  readonly from: WallMs;
  readonly to: WallMs;
}

/** Longer than any step that a clock has ever taken: a day, where a country changed to the other side of the date line. */
const LONGEST_STEP_MS = 2 * DAY_MS;

const ZONES = new Map<string, Zone>();

/** The zone of an IANA name, such as `Europe/Berlin`, in any case; undefined where there is none. */
export function zoneNamed(name: string): Zone | undefined {
  const known = ZONES.get(name);
  if (known !== undefined) return known;
  const format = formatFor(name);
  if (format === undefined) return undefined;
  const zone = new Zone(format);
  ZONES.set(name, zone);
  return zone;
}

function formatFor(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch {
    return undefined;
  }
}

/** The local clock of a zone. Its changes are looked for once a year of the calendar, and cached. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, readonly ZonePeriod[]>();

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
    this.name = format.resolvedOptions().timeZone;
  }

  /** The time that the clock shows. */
  wallAt(ms: number): WallMs {
    return ms + this.periodAt(ms).offsetMs;
  }

  /** The period in which a moment lies, or the part of it within the moment's year in UTC. */
  periodAt(ms: number): ZonePeriod {
    const found = this.#periodsOf(new Date(ms).getUTCFullYear()).find((period) => ms < period.toMs);
    if (found === undefined) throw new RangeError(`no moment: ${ms}`);
    return found;
  }

  /** The periods from one moment up to another, the first and last cut off there, long ones also at each year's end in UTC. */
  *periods(fromMs: number, toMs: number): Generator<ZonePeriod> {
    let at = fromMs;
    while (at < toMs) {
      const period = this.periodAt(at);
      const end = Math.min(period.toMs, toMs);
      yield { fromMs: at, toMs: end, offsetMs: period.offsetMs };
      at = end;
    }
  }

  /** The changes of the clock from one moment up to another: what it shows when it is changed, and what from then on. */
  *changes(fromMs: number, toMs: number): Generator<ClockChange> {
    let before: ZonePeriod | undefined;
    for (const period of this.periods(fromMs, toMs)) {
      const { fromMs: ms, offsetMs } = period;
      if (before !== undefined && before.offsetMs !== offsetMs) {
        yield { ms, from: ms + before.offsetMs, to: ms + offsetMs };
      }
      before = period;
    }
  }

  /** The first moment at which the clock shows this time or, where the clock leaves it out, a later one. */
  firstReaching(wall: WallMs): number {
    for (const { fromMs, toMs, offsetMs } of this.periods(wall - LONGEST_STEP_MS, Number.POSITIVE_INFINITY)) {
      const reached = Math.max(wall - offsetMs, fromMs);
      if (reached < toMs) return reached;
    }
    throw new RangeError(`no time: ${wall}`);
  }

  /** The clock shows this time twice. */
  isTwice(wall: WallMs): boolean {
    const around = [...this.periods(wall - LONGEST_STEP_MS, wall + LONGEST_STEP_MS)];
    const shown = around.filter(
      ({ fromMs, toMs, offsetMs }) => fromMs <= wall - offsetMs && wall - offsetMs < toMs,
    );
    return shown.length > 1;
  }

  #periodsOf(year: number): readonly ZonePeriod[] {
    const known = this.#years.get(year);
    if (known !== undefined) return known;
    const periods = this.#findPeriods(Date.UTC(year, 0), Date.UTC(year + 1, 0));
    this.#years.set(year, periods);
    return periods;
  }

  /** One look a day: no zone has changed its clock and changed it back within one. */
  #findPeriods(fromMs: number, toMs: number): readonly ZonePeriod[] {
    const periods: ZonePeriod[] = [];
    let begin = fromMs;
    let offsetMs = this.#offsetAt(fromMs);
    for (let day = fromMs; day < toMs; day += DAY_MS) {
      if (this.#offsetAt(day + DAY_MS) === offsetMs) continue;
      const change = this.#firstChange(day, day + DAY_MS, offsetMs);
      if (change >= toMs) break;
      periods.push({ fromMs: begin, toMs: change, offsetMs });
      begin = change;
      offsetMs = this.#offsetAt(change);
    }
    periods.push({ fromMs: begin, toMs, offsetMs });
    return periods;
  }

  /** To the second, as clocks change at whole ones. */
  #firstChange(beforeMs: number, afterMs: number, offsetMs: number): number {
    let [before, after] = [beforeMs / 1000, afterMs / 1000];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#offsetAt(middle * 1000) === offsetMs) before = middle;
      else after = middle;
    }
    return after * 1000;
  }

  #offsetAt(ms: number): number {
    const [month = 0, day, year = 0, hour, minute, second] = this.#format.format(ms).split(/\D+/).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - ms;
  }
}
