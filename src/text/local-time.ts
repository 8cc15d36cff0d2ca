/**
 * Reads this machine's clock on the wall as it stood or will stand at a moment: its day as `2026-11-22`, its clock as `10:15:02.123`,
 * by how much it is ahead of UTC as `+01:00`. Throws `RangeError` for no moment.
 */
export function wallClock(time: Date) {
  const minutesAhead = -time.getTimezoneOffset();
  const shifted = new Date(time.getTime() + minutesAhead * 60_000).toISOString();
  const [day = "", clock = ""] = shifted.slice(0, -1).split("T");
  const ahead = Math.abs(minutesAhead);
  const offset = `${minutesAhead < 0 ? "-" : "+"}${twoDigits(Math.floor(ahead / 60))}:${twoDigits(ahead % 60)}`;
  return { day, clock, offset };
}

/** An ISO time as `2026-11-22 10:15:02 +0100`; undefined stays undefined, and what is no time is given back. */
export function localTime(iso: string | undefined): string | undefined {
  if (iso === undefined) return undefined;
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const { day, clock, offset } = wallClock(time);
  return `${day} ${clock.slice(0, 8)} ${offset.replace(":", "")}`;
}

/** An ISO time as `14:02` where it is of today, else as `2026-11-22 14:02`; what is no time is given back. */
export function shortTime(iso: string, now: Date): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const { day, clock } = wallClock(time);
  return `${day === wallClock(now).day ? "" : `${day} `}${clock.slice(0, 5)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
