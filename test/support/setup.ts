import { afterEach, vi } from "vitest";
import { tidyUp } from "./tidy-up.ts";

// Here, as this file alone is run anew for each test file where the files share their modules.
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await tidyUp();
});
