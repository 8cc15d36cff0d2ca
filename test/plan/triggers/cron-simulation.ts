/**
 * Cron's rule, minute by minute over real time, as Debian's cron goes by it and knowing nothing of the program's way: each minute
 * the frequent lines that fit the clock run; of the others those of every minute that the clock has reached for the first time.
 */
export interface SimulatedRun {
  readonly dueMs: number;
  readonly wall: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The times that the clock of a zone shows, minute by minute, in a stretch of time; that of the minute before comes first. */
export function clockOf(zone: string, fromMs: number, toMs: number): readonly number[] {
  const offset = offsetsOf(zone);
  const shown: number[] = [];
  for (let ms = fromMs - MINUTE; ms < toMs; ms += MINUTE) shown.push(ms + offset(ms));
  return shown;
}

/** The runs of a line of five fields on a clock whose second minute is at `fromMs`. */
export function simulate(line: string, fromMs: number, clock: readonly number[]): readonly SimulatedRun[] {
  const [minute = "", hour = ""] = line.split(" ");
  const isFrequent = minute.startsWith("*") || hour.startsWith("*");
  const fits = fitting(line);
  const runs: SimulatedRun[] = [];
  let reached = clock[0] ?? 0;
  for (const [index, wall] of clock.slice(1).entries()) {
    const dueMs = fromMs + index * MINUTE;
    if (isFrequent && fits(wall)) runs.push({ dueMs, wall });
    for (let each = reached + MINUTE; each <= wall; each += MINUTE) {
      if (!isFrequent && fits(each)) runs.push({ dueMs, wall: each });
    }
    reached = Math.max(reached, wall);
  }
  return runs;
}

/** The moments in a stretch of time at which a zone's clock is changed. */
export function changesOf(zone: string, fromMs: number, toMs: number): readonly number[] {
  const offset = offsetsOf(zone);
  const changes: number[] = [];
  for (let day = fromMs; day < toMs; day += DAY) {
    if (offset(day) === offset(day + DAY)) continue;
    let at = day;
    while (offset(at) === offset(day)) at += MINUTE;
    changes.push(at);
  }
  return changes;
}

/** By how much a zone's clock is ahead of UTC at a moment. */
export function offsetsOf(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (ms) => {
    const name = format.format(ms).split("GMT")[1] ?? "";
    if (name === "") return 0;
    const [hours = 0, minutes = 0] = name.slice(1).split(":").map(Number);
    return (name.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
  };
}

function fitting(line: string): (wall: number) => boolean {
  const [minute = "", hour = "", monthDay = "", month = "", weekday = ""] = line.split(" ");
  return (wall) => {
    const time = new Date(wall);
    if (!has(minute, time.getUTCMinutes(), 0, 59) || !has(hour, time.getUTCHours(), 0, 23)) return false;
    if (!has(month, time.getUTCMonth() + 1, 1, 12)) return false;
    const tomorrow = new Date(wall + DAY).getUTCDate();
    const ofMonth = has(monthDay, time.getUTCDate(), 1, 31) || (monthDay === "L" && tomorrow === 1);
    const ofWeek = hasWeekday(weekday, time);
    return monthDay.startsWith("*") || weekday.startsWith("*") ? ofMonth && ofWeek : ofMonth || ofWeek;
  };
}

function hasWeekday(field: string, time: Date): boolean {
  const names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
  const [name = "", nth] = field.split("#");
  if (nth === undefined) {
    return has(
      field.replace(/[A-Z]{3}/g, (each) => String(names.indexOf(each))),
      time.getUTCDay(),
      0,
      6,
    );
  }
  if (names[time.getUTCDay()] !== name) return false;
  const weekLater = new Date(time.getTime() + 7 * DAY);
  if (nth === "L") return weekLater.getUTCMonth() !== time.getUTCMonth();
  return Math.floor((time.getUTCDate() - 1) / 7) + 1 === Number(nth);
}

function has(field: string, number: number, least: number, most: number): boolean {
  return field.split(",").some((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [from = "", to = from] = range === "*" ? [String(least), String(most)] : range.split("-");
    return number >= Number(from) && number <= Number(to) && (number - Number(from)) % Number(step) === 0;
  });
}
