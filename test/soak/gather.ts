import fs from "node:fs";
import path from "node:path";
import { parseRecord } from "../../src/job/record.ts";
import { letterFolders, readLetter } from "../../src/mail/stored-letter.ts";
import { STAGES } from "../../src/queue/layout.ts";
import { bootedAtMs } from "./clock.ts";
import type { Evidence, RefusedLetter } from "./evidence.ts";
import { lookInto, namesOn } from "./job-folders.ts";
import { leftoversOf } from "./leftovers.ts";
import { readTold } from "./told.ts";
import type { World } from "./world.ts";

/** Everything by which the soak is judged, once all is quiet and nothing of the program runs any more. */
export function gatherEvidence(world: World): Evidence {
  const { queue, post, ledger, allowed } = world;
  const { layout } = queue;
  const folders = STAGES.flatMap((stage) =>
    namesOn(layout, stage).map((name) => lookInto(layout, stage, name)),
  );
  for (const { id, record } of folders)
    if (id !== undefined && record !== undefined) ledger.seenRuns.set(record.runId, id);
  const lines = fs.readFileSync(layout.history, "utf8").split("\n");
  post.collect();
  return {
    jobs: [...ledger.entries.values()],
    seenRuns: ledger.seenRuns,
    folders,
    history: lines.flatMap((line) => parseRecord(line) ?? []),
    strangeLines: lines.filter((line) => line !== "" && parseRecord(line) === undefined),
    told: readTold(world.toldFile),
    letters: post.letters,
    refusedLetters: refusedLetters(layout.outbox),
    allowed,
    bootedAtMs: bootedAtMs(),
    leftovers: leftoversOf(queue),
  };
}

function refusedLetters(outbox: string): RefusedLetter[] {
  const folder = letterFolders(outbox).undelivered;
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).flatMap((name) => {
    const found = readLetter(path.join(folder, name));
    if (found.kind !== "letter") return [];
    const { messageId, outcome, refused } = found.letter;
    return refused.map(({ address }) => ({ address, messageId, outcome }));
  });
}
