import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findPauses } from "../../src/queue/pause-requests.ts";
import { pauseRequestOf } from "../../src/queue/request-files.ts";
import { makeRequest, removeRequest } from "../../src/queue/requests.ts";
import { scratchFolder } from "../support/scratch.ts";

function pausesOf(files: Readonly<Record<string, string>>, workers: readonly string[] = ["lab1", "lab2"]) {
  const root = scratchFolder();
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(root, name), text);
  const { isPaused, workers: paused } = findPauses(root, workers);
  return { isPaused, ...Object.fromEntries(paused) };
}

describe("the pauses of a queue", () => {
  it("are those of the queue and of its workers, each for itself", () => {
    expect(pausesOf({})).toEqual({ isPaused: false });
    expect(pausesOf({ QM_PAUSE: "" })).toEqual({ isPaused: true });
    expect(pausesOf({ "QM_PAUSE.LAB1": "ann@lab\n" })).toEqual({
      isPaused: false,
      lab1: "paused by ann@lab",
    });
  });

  it("are made by hand in any spelling, and tell the owner where the file says nothing", () => {
    expect(pausesOf({ "qm_pause.Lab2.txt": "" })).toMatchObject({
      isPaused: false,
      lab2: expect.stringMatching(/^paused by the file qm_pause\.Lab2\.txt \(.+\)$/),
    });
    // Windows' own spelling of the queue's pause.
    expect(pausesOf({ "QM_PAUSE.txt": "" }, ["txt"])).toEqual({ isPaused: true });
  });

  it("tell the note, and are none of a worker that nobody knows", () => {
    const text = "ann@lab\nnew graphics card\n";
    expect(pausesOf({ "QM_PAUSE.LAB1": text, "QM_PAUSE.LAB9": text })).toEqual({
      isPaused: false,
      lab1: "paused by ann@lab: new graphics card",
    });
  });

  it("are made and taken away like other requests", () => {
    const root = scratchFolder();
    makeRequest(root, pauseRequestOf("lab.1"), "ann@lab");
    expect(findPauses(root, ["lab.1", "lab"]).workers).toEqual(new Map([["lab.1", "paused by ann@lab"]]));
    removeRequest(root, pauseRequestOf("Lab.1"));
    expect(fs.readdirSync(root)).toEqual([]);
  });
});
