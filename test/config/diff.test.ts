import { expect, it } from "vitest";
import { diffConfig } from "../../src/config/diff.ts";
import { loaded } from "./config-fixture.ts";

function diff(before: string, after: string): ReturnType<typeof diffConfig> {
  return diffConfig(loaded(before), loaded(after));
}

it("finds nothing between two ways to write the same", () => {
  expect(
    diff(
      "[QMServer]\nQM_FOLDER = /q\nDebug = yes\nLog_Max_Size = 1 MB\n",
      "[qmserver]\nlog_max_size: 1000 kB\nDebug = True\nQM_FOLDER: /q/\n",
    ),
  ).toEqual([]);
});

it("tells what changed, old and new", () => {
  const before = "[QMServer]\nQM_FOLDER = /q\nMaxNbProcessors = 2\n[JobEnvironment]\nA = 1\nB = 2\n";
  const after =
    "[QMServer]\nQM_FOLDER = /q\n[WEB_QMserver]\nLicence_to_kill = True\n[JobEnvironment]\nA = 9\nC = 3\n";
  expect(diff(before, after)).toEqual([
    { section: "QMServer", key: "MaxNbProcessors", before: "2", after: "4", needsRestart: false },
    { section: "WEB_QMserver", key: "Licence_to_kill", before: "False", after: "True", needsRestart: false },
    { section: "JobEnvironment", key: "A", before: "1", after: "9", needsRestart: false },
    { section: "JobEnvironment", key: "B", before: "2", after: "", needsRestart: false },
    { section: "JobEnvironment", key: "C", before: "", after: "3", needsRestart: false },
  ]);
});

it("tells of what a worker has by default once, with the setting that it goes by", () => {
  const written = (text: string) => `[QMServer]\nQM_FOLDER = /q\n${text}`;
  const told = (before: string, after: string) =>
    diff(written(before), written(after)).map(({ key, before: old, after: fresh }) => [key, old, fresh]);
  expect(told("MaxNbProcessors = 2\n", "MaxNbProcessors = 3\n")).toEqual([["MaxNbProcessors", "2", "3"]]);
  expect(told("Worker = a\n", "Worker = a\n[Worker]\nProcessors = 9\nPools = x\n")).toEqual([
    ["Processors", "4", "9"],
    ["Pools", "", "x"],
  ]);
});

it("says which changes wait for a restart", () => {
  const changes = diff(
    "[QMServer]\nQM_FOLDER = /q\n",
    "[QMServer]\nQM_FOLDER = /r\nWorker = w\nDebug = True\n[WEB_QMserver]\nHost = ::1\nThe_Port = 1\n",
  );
  expect(changes.filter(({ needsRestart }) => needsRestart).map(({ key }) => key)).toEqual([
    "QM_FOLDER",
    "Worker",
    "Host",
    "The_Port",
  ]);
  expect(changes).toHaveLength(5);
});

it("sees that a masked password changed, and does not show it", () => {
  const text = (password: string) => `[QMServer]\nQM_FOLDER = /q\n[Mail]\nSmtp = smtp://qm:${password}@lab\n`;
  expect(diff(text("one"), text("two"))).toEqual([
    {
      section: "Mail",
      key: "Smtp",
      before: "smtp://qm:***@lab",
      after: "smtp://qm:***@lab",
      needsRestart: false,
    },
  ]);
});
