import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import type { JobRecord } from "../../../src/job/record.ts";
import { readHistory } from "../../../src/queue/books/history.ts";
import { readJobRecord } from "../../../src/queue/books/job-records.ts";
import type { Layout } from "../../../src/queue/layout.ts";
import type { EndedFilter } from "../../../src/web/ended/ended-filter.ts";
import { EndedIndex } from "../../../src/web/ended/ended-index.ts";
import { tries } from "../../support/chance.ts";
import { endedRecord } from "../../support/job-record.ts";
import { makeQueueFolder, type QueueFolder } from "../../support/queue-folder.ts";
import { look, stopClock } from "./ended-fixture.ts";

type Change =
  | { readonly kind: "end"; readonly record: JobRecord; readonly stage: "finished" | "lost" }
  | { readonly kind: "rename" | "copy"; readonly name: string; readonly to: string }
  | { readonly kind: "put" | "take"; readonly name: string; readonly stage: "finished" | "lost" }
  | { readonly kind: "replace"; readonly records: readonly JobRecord[] }
  | { readonly kind: "tear" | "forget" };

const name = fc.constantFrom("a", "b", "Müller", "c d", "<e>", "constructor");
const stage = fc.constantFrom("finished" as const, "lost" as const);
const record = fc
  .record({
    name,
    runId: fc.uuid(),
    state: fc.constantFrom("done" as const, "failed" as const, "lost" as const),
    owner: fc.constantFrom("ada", "Grace", "müller"),
    description: fc.constantFrom("", "first try", "MÜLLER's"),
    attempt: fc.integer({ min: 1, max: 9 }),
    minute: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ minute, ...fields }) =>
    endedRecord(fields.name, { ...fields, finishedAt: `2026-01-05T11:0${minute}:00.000Z` }),
  );
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("end" as const), record, stage }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("rename" as const, "copy" as const), name, to: name }),
  },
  fc.record({ kind: fc.constantFrom("put" as const, "take" as const), name, stage }),
  fc.record({ kind: fc.constant("replace" as const), records: fc.array(record, { maxLength: 4 }) }),
  fc.record({ kind: fc.constantFrom("tear" as const, "forget" as const) }),
);
const filter: fc.Arbitrary<EndedFilter> = fc.record(
  {
    text: fc.constantFrom("a", "MÜLLER", "first try", "c a", "nothing"),
    outcome: fc.constantFrom("done" as const, "trouble" as const, "lost" as const),
    owner: fc.constantFrom("ADA", "grace", "nobody"),
  },
  { requiredKeys: [] },
);
const query = fc.record({ filter, from: fc.nat(4), count: fc.integer({ min: 1, max: 4 }) });

beforeEach(() => stopClock());

test("a page is what the folders and the history say at the moment, whatever has happened to them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(change, query), { maxLength: 12 }), async (steps) => {
      const queue = makeQueueFolder();
      const { layout } = queue;
      const index = new EndedIndex(layout);
      for (const [step, asked] of steps) {
        apply(queue, step);
        await look(index);
        // A job that has been shown once is known for what it is, whatever is asked for next.
        await index.page({}, 0, 100);
        const { jobs, total } = await index.page(asked.filter, asked.from, asked.count);
        const all = referenceList(layout, asked.filter);
        expect(total).toBe(all.length);
        expect(jobs.map((job) => [job.name, job.stage, job.attempt, job.state])).toEqual(
          all.slice(asked.from, asked.from + asked.count),
        );
      }
    }),
    { numRuns: tries(150) },
  );
});

function apply(queue: QueueFolder, step: Change): void {
  const { layout } = queue;
  if (step.kind === "end") queue.putRecord(step.record, step.stage);
  else if (step.kind === "rename" || step.kind === "copy") bringOver(layout, step);
  else if (step.kind === "put") fs.mkdirSync(path.join(layout[step.stage], step.name), { recursive: true });
  else if (step.kind === "take")
    fs.rmSync(path.join(layout[step.stage], step.name), { recursive: true, force: true });
  else if (step.kind === "tear")
    fs.appendFileSync(layout.history, JSON.stringify(endedRecord("torn")).slice(0, 50));
  else if (step.kind === "forget") fs.rmSync(layout.history, { force: true });
  else if (step.kind === "replace") replaceHistory(layout, step.records);
}

// As somebody does with a file manager, who first removes what is in the way.
function bringOver({ finished }: Layout, { kind, name, to }: Extract<Change, { to: string }>): void {
  const [from, target] = [path.join(finished, name), path.join(finished, to)];
  if (name === to || !fs.existsSync(from)) return;
  fs.rmSync(target, { recursive: true, force: true });
  if (kind === "rename") fs.renameSync(from, target);
  else fs.cpSync(from, target, { recursive: true });
}

function replaceHistory({ history }: Layout, records: readonly JobRecord[]): void {
  fs.writeFileSync(`${history}.new`, records.map((one) => `${JSON.stringify(one)}\n`).join(""));
  fs.renameSync(`${history}.new`, history);
}

/** Name, stage, attempt and state of every job that fits, newest first, worked out from nothing but the disk. */
function referenceList(layout: Layout, wanted: EndedFilter): [string, string, number, string][] {
  const records = fs.existsSync(layout.history) ? readHistory(layout.history) : [];
  const names = new Set(["finished", "lost"].flatMap((kind) => fs.readdirSync(layout[kind as "lost"])));
  const jobs = [...names].map((found) => {
    const at = records.findLastIndex((one) => one.name === found);
    return { name: found, at, record: ownRecord(layout, found) ?? records[at] };
  });
  const ms = (one: JobRecord | undefined) => (one === undefined ? 0 : Date.parse(one.finishedAt ?? ""));
  const before = (a: string, b: string) => (a < b ? -1 : 1);
  return jobs
    .sort((a, b) => ms(b.record) - ms(a.record) || b.at - a.at || before(b.name, a.name))
    .filter((job) => fits(job.name, job.record, wanted))
    .map((job) => [
      job.name,
      fs.existsSync(path.join(layout.finished, job.name)) ? "finished" : "lost",
      job.record?.attempt ?? 0,
      job.record?.state ?? "lost",
    ]);
}

function ownRecord({ finished, lost }: Layout, found: string): JobRecord | undefined {
  const folder = [finished, lost].map((stage) => path.join(stage, found)).find((one) => fs.existsSync(one));
  return folder === undefined ? undefined : readJobRecord(folder);
}

function fits(job: string, found: JobRecord | undefined, { text, outcome, owner }: EndedFilter): boolean {
  const state = found?.state ?? "lost";
  const ownedBy = found?.owner ?? "unknown";
  const hay = [job, found?.description ?? "", ownedBy].map((part) => part.toLowerCase());
  if (owner !== undefined && ownedBy.toLowerCase() !== owner.toLowerCase()) return false;
  if (outcome === "trouble" ? state === "done" : outcome !== undefined && state !== outcome) return false;
  return (text ?? "")
    .toLowerCase()
    .split(" ")
    .every((word) => hay.some((part) => part.includes(word)));
}
