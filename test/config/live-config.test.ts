import { expect, it } from "vitest";
import { LiveConfig } from "../../src/config/live-config.ts";
import { loaded } from "./config-fixture.ts";

it("tells which settings of a section wait for a restart, with no word of the others", () => {
  const begun = loaded("[WEB_QMserver]\nThe_Port = 8001\n");
  const fresh = loaded("[QMServer]\nWorker = other\n[WEB_QMserver]\nThe_Port = 8002\nRefresh_Rate = 7\n");
  const live = new LiveConfig(begun, () => ({ kind: "ok", value: fresh }));
  expect(live.waiting(["WEB_QMserver"], "the page")).toEqual([]);
  live.reload();
  expect(live.loaded.config.web.refreshSeconds).toBe(7);
  expect(live.waiting(["WEB_QMserver"], "the page")).toEqual([
    "The_Port = 8002 counts after a restart of the page; until then it is 8001",
  ]);
});
