import { describe, expect, it } from "vitest";
import { loaded, problemsOf, told } from "./config-fixture.ts";

describe("sections", () => {
  it("refuses a section that stands twice in different cases", () => {
    expect(told(problemsOf("[QMServer]\nDebug = True\n[qmserver]\nDebug = False\n"))).toEqual([
      "QMserv.cfg, line 3, [qmserver]: is the section [QMServer] again, first on line 1; should be joined with it",
    ]);
  });

  it("lets [DEFAULT] set known keys, and makes no variables of it", () => {
    const { config } = loaded(
      "[DEFAULT]\nDebug = True\n[QMServer]\n[WEB_QMserver]\n[JobEnvironment]\nA = 1\n",
    );
    expect([config.debug, config.web.debug, config.jobEnvironment]).toEqual([true, true, { A: "1" }]);
  });
});

describe("warnings", () => {
  it.each([
    [
      "[QMServer]\nMaxProcessors = 2",
      "MaxProcessors: is not a key of [QMServer] and is ignored; did you mean MaxNbProcessors?",
    ],
    [
      "[QMServer]\nsettletime = 2",
      "settletime: is not a key of [QMServer] and is ignored; did you mean Settle_Time?",
    ],
    [
      "[QMServer]\nThe_Port = 80",
      "The_Port: is not a key of [QMServer] and is ignored; it belongs into [WEB_QMserver]",
    ],
    ["[Mail]\ncolour = red", "colour: is not a key of [Mail] and is ignored; `qm config` lists the keys"],
  ])("name the nearest key: %j", (text, expected) => {
    expect(told(loaded(text).warnings)).toEqual([`QMserv.cfg, line 2, ${expected}`]);
  });

  it("name the nearest section, or all of them", () => {
    const { warnings } = loaded("[WEBQMserver]\nHost = a\n[QMOptions]\nscript = x\n");
    expect(told(warnings)).toEqual([
      "QMserv.cfg, line 1, [WEBQMserver]: is not a section of the configuration and is ignored; did you mean [WEB_QMserver]?",
      "QMserv.cfg, line 3, [QMOptions]: is not a section of the configuration and is ignored; the sections are [QMServer], [Worker], [WEB_QMserver], [JobEnvironment], [Mail]",
    ]);
  });
});
