import { describe, expect, it } from "vitest";
import { Rest } from "../../src/disk/rest.ts";

const LONG_MS = 600_000;

describe("a rest", () => {
  it("ends when it is woken", async () => {
    const rest = new Rest();
    const resting = rest.upTo(LONG_MS);
    rest.wake();
    await resting;
    expect(rest.isWoken).toBe(false);
  });

  it("does not begin when something happened since the last one", async () => {
    const rest = new Rest();
    rest.wake();
    rest.wake();
    expect(rest.isWoken).toBe(true);
    await rest.upTo(LONG_MS);
    expect(rest.isWoken).toBe(false);
  });

  it("ends by itself when its time is up, or at once without time", async () => {
    const rest = new Rest();
    await rest.upTo(1);
    await rest.upTo(0);
    await rest.upTo(-1);
  });
});
