import { expect, it } from "vitest";
import { describeProblem } from "../../src/text/problem.ts";

const wrong = "is `two`";
const right = "should be a whole number from 1 up";

it.each([
  [{ file: "job.json", wrong, right }, "job.json: is `two`; should be a whole number from 1 up"],
  [
    { file: "job.json", line: 3, wrong, right },
    "job.json, line 3: is `two`; should be a whole number from 1 up",
  ],
  [
    { file: "job.json", key: "nb_proc", wrong, right },
    "job.json, nb_proc: is `two`; should be a whole number from 1 up",
  ],
  [
    { file: "job.json", line: 3, key: "nb_proc", wrong, right },
    "job.json, line 3, nb_proc: is `two`; should be a whole number from 1 up",
  ],
])("tells a problem with file, line and key as far as they are known: %o", (problem, words) => {
  expect(describeProblem(problem)).toBe(words);
});
