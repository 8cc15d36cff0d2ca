import { describe, expect, it } from "vitest";
import { bashWordsIn } from "../../src/job/script-notes.ts";

describe("what only bash understands", () => {
  it.each([
    ["source env.sh && ./run", "source"],
    ["  source ./venv/bin/activate", "source"],
    ["if true; then source x; fi", "source"],
    ['if [[ -n "$x" ]]; then', "[["],
    ["while ! [[ $x ]]; do", "[["],
    ["files=(a b)", "an array"],
    ["x=1; files+=(c)", "an array"],
    ["function run {", "function"],
    ["cat <<< $x", "<<<"],
    ["diff <(ls a) <(ls b)", "<(…)"],
    ["for ((i = 0; i < 3; i++)); do", "((…))"],
    ["((count++))", "((…))"],
  ])("is found in %j", (line, word) => {
    expect(bashWordsIn(`#!/bin/sh\n${line}\n${line}`)).toEqual([{ line: 2, word }]);
  });

  it.each([
    ". ./env.sh",
    "# source env.sh",
    "echo x # [[ y ]]",
    "echo 'source x; [[ y ]]'",
    'echo "\n[[ y ]]"',
    "source=7",
    "cat source.txt",
    "python3 run.py --source x",
    "grep '[[:space:]]' x",
    "ls [[:alpha:]]*",
    "case $x in (a) ;; esac",
    "x=$((1 + 2))",
    "x=$(ls)",
    "x=$( (ls) )",
    "cat <<EOF\nsource x\n[[ y ]]\nEOF",
    "cat <<-'EOF'\nsource x\n\tEOF",
    "echo it\\'s; f() { ls; }",
    "a <b >c 2>&1",
  ])("is not found in %j", (text) => {
    expect(bashWordsIn(text)).toEqual([]);
  });
});
