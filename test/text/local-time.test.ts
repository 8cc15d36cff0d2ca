import { afterEach, describe, expect, it, vi } from "vitest";
import { localTime, shortTime, wallClock } from "../../src/text/local-time.ts";

afterEach(() => vi.unstubAllEnvs());

describe("a time on this machine's clock", () => {
  it.each([
    ["Europe/Paris", "2026-07-01T12:00:00.000Z", "2026-07-01 14:00:00 +0200"],
    ["Europe/Paris", "2026-12-31T23:30:00.000Z", "2027-01-01 00:30:00 +0100"],
    ["America/St_Johns", "2026-01-15T12:00:59.999Z", "2026-01-15 08:30:59 -0330"],
    ["Asia/Kathmandu", "2026-01-15T12:00:00.000Z", "2026-01-15 17:45:00 +0545"],
    ["UTC", "2026-01-15T12:00:00.000Z", "2026-01-15 12:00:00 +0000"],
  ])("in %s: %s", (zone, iso, shown) => {
    vi.stubEnv("TZ", zone);
    expect(localTime(iso)).toBe(shown);
  });

  it("is none where there is none", () => expect(localTime(undefined)).toBeUndefined());

  it("is short where it is of today", () => {
    vi.stubEnv("TZ", "Europe/Paris");
    const now = new Date("2026-07-01T20:00:00.000Z");
    expect(shortTime("2026-06-30T22:05:59.000Z", now)).toBe("00:05");
    expect(shortTime("2026-06-30T21:59:00.000Z", now)).toBe("2026-06-30 23:59");
    expect(shortTime("soon", now)).toBe("soon");
  });

  it("has its parts for those who write it otherwise", () => {
    vi.stubEnv("TZ", "America/St_Johns");
    expect(wallClock(new Date("2026-01-15T02:00:59.999Z"))).toEqual({
      day: "2026-01-14",
      clock: "22:30:59.999",
      offset: "-03:30",
    });
  });
});
