import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ConfigWatch } from "../../src/web/serve.ts";
import { loaded } from "../config/config-fixture.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

it("tells which settings of the page wait for its restart, with no word of the manager's own", () => {
  const begun = loaded("[WEB_QMserver]\nThe_Port = 8001\n");
  const fresh = loaded("[QMServer]\nWorker = other\n[WEB_QMserver]\nThe_Port = 8002\nRefresh_Rate = 7\n");
  const watch = new ConfigWatch(begun, () => ({ kind: "ok", value: fresh }));
  expect(watch.notices).toEqual([]);
  vi.advanceTimersByTime(3000);
  expect(watch.loaded.config.web.refreshSeconds).toBe(7);
  expect(watch.notices).toEqual([
    "The_Port = 8002 counts after a restart of the page; until then it is 8001",
  ]);
});
