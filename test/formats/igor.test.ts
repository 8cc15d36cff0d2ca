import { describe, expect, it } from "vitest";
import { igorJobIn, igorJobOf, otherStatus, withStatus } from "../../src/formats/igor.ts";
import { readJsonInfo } from "../../src/formats/json.ts";
import { checkReadInfo } from "../../src/job/info.ts";
import { describeProblem } from "../../src/text/problem.ts";

function check(text: string) {
  return checkReadInfo(readJsonInfo(text, "x.json"), "x.json");
}

function infoOf(text: string) {
  const checked = check(text);
  if (checked.kind === "problems") throw new Error(checked.problems.map(describeProblem).join("\n"));
  return checked.value;
}

function problemsOf(text: string): string[] {
  const checked = check(text);
  return checked.kind === "ok" ? [] : checked.problems.map(describeProblem);
}

const WHOLE = `{
  "Job": {
    "Name": "Alpha",
    "Worker": "srv1",
    "Priority": -5,
    "Script": "true",
    "Status": "Finished",
    "TimeOut": 1.5,
    "WorkingDirectory": "data"
  }
}`;

describe("a job in Igor's form", () => {
  it("has all that its keys ask for", () => {
    expect(infoOf(WHOLE)).toMatchObject({
      description: "Alpha",
      priority: -5,
      script: "true",
      timeLimitSeconds: 1.5,
      workingDirectory: "data",
      prefers: "srv1",
    });
  });

  it("has Igor's defaults where it says nothing, or null", () => {
    const defaults = { description: "", priority: 0, script: "ls", processors: 1 };
    const nulls =
      '{"Job": {"Script": "ls", "Name": null, "Priority": null, "TimeOut": null, "Worker": null}}';
    for (const text of ['{"Job": {"Script": "ls"}}', nulls]) {
      expect(infoOf(text)).toMatchObject(defaults);
      expect(infoOf(text)).not.toHaveProperty("timeLimitSeconds");
      expect(infoOf(text)).not.toHaveProperty("workingDirectory");
      expect(infoOf(text)).not.toHaveProperty("prefers");
    }
  });

  it("may have options of an info file beside it, which count more", () => {
    const text = '{"Job": {"Script": "ls", "Priority": 1}, "nb_proc": 4, "priority": 2, "mine": 3}';
    expect(infoOf(text)).toMatchObject({ script: "ls", processors: 4, priority: 2 });
  });

  it.each(['{"Job": {}}', '{"Job": {"Script": ""}}', '{"Job": {"Script": null}}'])(
    "is refused without a script: %s",
    (text) => {
      expect(problemsOf(text).join()).toMatch(
        /script: is (missing|empty); should give the command line to run/,
      );
    },
  );

  it("is refused for each value of a wrong type, with its line", () => {
    const text = `{"Job": {
      "Script": ["a"],
      "Priority": "7",
      "Name": 5,
      "Worker": true,
      "WorkingDirectory": {},
      "TimeOut": "60"
    }}`;
    expect(problemsOf(text)).toEqual([
      "x.json, line 2, Script: is a list; should be a string",
      'x.json, line 3, Priority: is "7"; should be a number',
      "x.json, line 4, Name: is 5; should be a string",
      "x.json, line 5, Worker: is true; should be a string",
      "x.json, line 6, WorkingDirectory: is an object; should be a string",
      'x.json, line 7, TimeOut: is "60"; should be a number',
    ]);
  });

  it.each([0, -1, 1e300])("is refused for the time-out %d", (timeOut) => {
    expect(problemsOf(`{"Job": {"Script": "a", "TimeOut": ${timeOut}}}`)).toHaveLength(1);
  });

  it("is asked about keys that are nearly right, and told where those of an info file count", () => {
    const { warnings } = infoOf(
      '{"Job": {"Script": "a", "timeout": 5, "Priorty": 1, "nb_proc": 4, "mine": 1}}',
    );
    expect(warnings).toEqual([
      "x.json, line 1: timeout: did you mean TimeOut? As it stands it is a key of your own",
      "x.json, line 1: Priorty: did you mean Priority? As it stands it is a key of your own",
      "x.json, line 1, nb_proc: means nothing inside Job; it counts beside Job",
    ]);
  });

  it("is none where a script stands beside it: then Job is a key of the user's own", () => {
    expect(infoOf('{"script": "ls", "Job": {"Script": "no"}}')).toMatchObject({ script: "ls" });
  });

  it.each(['{"Job": 5}', '{"Job": ["a"]}', '{"job": {"Script": "a"}}', "[]", "5", "null", "{"])(
    "is not %s",
    (text) => {
      expect(igorJobOf(text)).toBeUndefined();
    },
  );
});

describe("the status of a job in Igor's form", () => {
  it.each(["ToDo", "todo", "TODO"])("%s is to do", (Status) => {
    expect(otherStatus({ Status })).toBeUndefined();
  });

  it.each(["Finished", "InProgress", "Error", "", 5, false])("%j is not", (Status) => {
    expect(otherStatus({ Status })).toBe(String(Status));
  });

  it.each([
    ["running", "InProgress"],
    ["done", "Finished"],
    ["failed", "RuntimeError"],
    ["killed", "RuntimeError"],
    ["timed_out", "TimeOutError"],
    ["lost", "Error"],
  ] as const)("of one that is %s is %s", (state, status) => {
    const written = withStatus(WHOLE.replace("Finished", "ToDo"), state) ?? "";
    expect(written).toBe(WHOLE.replace("Finished", status));
    expect(withStatus(written, state)).toBeUndefined();
  });

  it("is added where there is none, and leaves every other key and number as it was", () => {
    const text = '{"Job": {"Script": "a"}, "beside": 12345678901234567890, "more": {"Status": "mine"}}';
    const written = withStatus(text, "done") ?? "";
    expect(igorJobIn(JSON.parse(written))).toEqual({ Script: "a", Status: "Finished" });
    expect(JSON.parse(written)).toMatchObject({ more: { Status: "mine" } });
    expect(written).toContain('"beside": 12345678901234567890,');
  });

  it.each([
    ["a refused job", WHOLE, "invalid"],
    ["a broken text", '{"Job": {"Script": ', "done"],
    ["another form", '{"script": "a"}', "done"],
  ] as const)("is not written for %s", (_, text, state) => {
    expect(withStatus(text, state)).toBeUndefined();
  });
});
