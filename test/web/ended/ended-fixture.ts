import { vi } from "vitest";
import type { EndedIndex } from "../../../src/web/ended/ended-index.ts";

let nowMs = 0;

/** Lets the clock by which the index rests stand still until {@link look}; call it in `beforeEach`. */
export function stopClock(): () => void {
  const clock = vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  return () => clock.mockRestore();
}

/** Brings the index up to date, long after it last looked. */
export async function look(index: EndedIndex): Promise<void> {
  nowMs += 1e9;
  await index.refresh();
}

/** The names of all listed jobs after a look, newest first. */
export async function listed(index: EndedIndex): Promise<string[]> {
  await look(index);
  return (await index.page({}, 0, 1_000_000)).jobs.map(({ name }) => name);
}
