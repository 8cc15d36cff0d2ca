import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { browserOrSkip } from "../support/browser.ts";
import { WatchedQueue, type WatchSettings } from "./watched-queue.ts";

/** Tests of the page in a browser, on one queue that is started for all of them; skipped where there is no browser. */
export function describePage(
  title: string,
  settings: WatchSettings,
  tests: (watched: WatchedQueue) => void,
): void {
  describe.runIf(browserOrSkip())(title, () => {
    const watched = new WatchedQueue(settings);

    beforeAll(async () => {
      await watched.start();
    });

    afterEach(async () => {
      await watched.leave();
    });

    afterAll(async () => {
      await watched.close();
    });

    tests(watched);
  });
}
