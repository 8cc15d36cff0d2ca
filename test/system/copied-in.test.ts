import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COPY_PREFIX, makeCopy } from "../../src/queue/intake/copy-in.ts";
import { landCopy } from "../../src/queue/intake/land-copy.ts";
import { Surveyor } from "../../src/queue/intake/survey.ts";
import { ADA, asAda, inQueue, MANAGER, share } from "../support/copied-in.ts";
import type { JobFiles } from "../support/queue-folder.ts";
import { rootOrSkip } from "../support/scratch.ts";
import { QM, TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

let queue: TestQueue;

beforeEach(() => {
  queue = new TestQueue();
  share(queue);
});

afterEach(async () => {
  await queue.close();
});

/** Has Ada bring a folder of hers into the queue by a command that ends with the place it is to have. */
function bringAsAda(command: string, name: string, files: JobFiles = {}): void {
  const staged = queue.stage(
    { script: "cat in/data; mkdir out; echo >out/result" },
    { "in/data": "the data\n", ...files },
  );
  fs.chownSync(path.dirname(staged), ADA, MANAGER);
  for (const inner of ["", ...(fs.readdirSync(staged, { recursive: true }) as string[])])
    fs.chownSync(path.join(staged, inner), ADA, ADA);
  asAda(`${command} '${staged}' '${queue.folder("queue", name)}'`, queue.base);
}

async function staysFor(name: string, reason: RegExp): Promise<string> {
  return await until(`the reason why ${name} stays`, () => {
    const found = queue.status()?.arriving.find((entry) => entry.name === name)?.reason;
    return found !== undefined && reason.test(found) && found;
  });
}

describe.runIf(rootOrSkip())("a folder that another user brings into a shared queue with umask 022", () => {
  it.each(["cp -r", "mv"])(
    "by %s runs once, and what comes of it is its owner's to remove",
    async (command) => {
      await queue.start({ uid: MANAGER });
      bringAsAda(command, "job");
      expect(await queue.ended("job")).toMatchObject({ state: "done", attempt: 1, owner: `uid ${ADA}` });
      expect(queue.read("job", "process.log")).toContain("the data");
      expect(queue.history()).toHaveLength(1);
      expect(queue.said.match(/job admitted/g)).toHaveLength(1);
      expect(inQueue(queue)).toEqual([".qm-original-job"]);
      expect(queue.read("job", "QM_status.txt")).toMatch(
        /^Original: +QM_qJobs\/\.qm-original-job \(yours to/m,
      );
      asAda("rm -r QM_qJobs/.qm-original-job QM_dJobs/job", queue.layout.root);
      expect([inQueue(queue), fs.readdirSync(queue.layout.finished)]).toEqual([[], []]);
    },
  );

  it("is deleted by its owner with `qm delete`, as is what `qm submit` delivers", async () => {
    await queue.start({ uid: MANAGER });
    bringAsAda("cp -r", "copied");
    await queue.ended("copied");
    const qm = `'${process.execPath}' '${QM}' --config '${queue.configFile}'`;
    const mine = queue.stage({ script: "mkdir -p in/out; echo >in/out/result" }, { "in/data": "" });
    fs.chmodSync(path.join(mine, "in"), 0o755);
    asAda(`${qm} submit --name submitted '${mine}'`, queue.base);
    expect(await queue.ended("submitted")).toMatchObject({ state: "done", owner: `uid ${ADA}` });
    await until("the end of all accounting", () => queue.attempts().length === 0);
    asAda(`${qm} delete copied submitted`, queue.base);
    expect([fs.readdirSync(queue.layout.finished), fs.readdirSync(queue.layout.trash)]).toEqual([[], []]);
  });

  it("becomes name-2 where its name is taken, is held with QM_HOLD, and withdrawn with QM_KILL", async () => {
    await queue.start({ uid: MANAGER });
    bringAsAda("cp -r", "job", { QM_READY: "" });
    await queue.ended("job");
    bringAsAda("cp -r", "job", { QM_HOLD: "" });
    bringAsAda("cp -r", "unwanted", { QM_KILL: "" });
    const killedBy = `the file QM_KILL (user id ${ADA})`;
    expect(await queue.ended("unwanted")).toMatchObject({ state: "killed", killedBy });
    await until("the second one held", () =>
      queue.status()?.waiting.some(({ name, held }) => name === "job-2" && held),
    );
    fs.writeFileSync(queue.folder("queue", "job-2/QM_KILL"), "");
    expect(await queue.ended("job-2")).toMatchObject({ state: "killed" });
    expect(inQueue(queue)).toEqual([".qm-original-job", ".qm-original-job-2", ".qm-original-unwanted"]);
  });

  it("starts in natural order beside others of its copying, and obeys what is asked for while it is copied", async () => {
    queue.configure({ MaxNbProcessors: 1, Settle_Time: 0.5 });
    const names = Array.from({ length: 12 }, (_, index) => `run-${index + 1}`);
    for (const name of names.toReversed()) bringAsAda("cp -r", name);
    bringAsAda("cp -r", "big");
    for (let count = 0; count < 300; count += 1)
      fs.writeFileSync(queue.folder("queue", `big/f${count}`), Buffer.alloc(100_000, 1), { mode: 0o644 });
    await queue.start({ uid: MANAGER });
    await until("the copying of big", () => inQueue(queue).includes(COPY_PREFIX), { pollMs: 1 });
    asAda("echo ada > QM_qJobs/big/QM_KILL", queue.layout.root);
    expect(await queue.ended("big")).toMatchObject({ state: "killed", killedBy: "ada" });
    for (const name of names) expect(await queue.ended(name)).toMatchObject({ state: "done" });
    const order = queue
      .history()
      .toSorted((a, b) => Date.parse(a.startedAt ?? "") - Date.parse(b.startedAt ?? ""));
    expect(order.flatMap(({ name }) => (name === "big" ? [] : [name]))).toEqual(names);
  });

  it("stays with the reason while a part of it cannot be read or the disk has no room, and others go on", async () => {
    queue.configure({ Min_Free_Disk: "1000 TB" });
    await queue.start({ uid: MANAGER });
    bringAsAda("cp -r", "job", { secret: "x" });
    expect(await staysFor("job", /cannot copy it in/)).toMatch(/needs .* free.*Min_Free_Disk/);
    fs.chmodSync(queue.folder("queue", "job/secret"), 0o600);
    queue.configure({});
    const reason = await staysFor("job", /«secret» cannot be read/);
    expect(reason).toMatch(/may not move it.*EACCES.*chmod/);
    bringAsAda("cp -r", "other");
    expect(await queue.ended("other")).toMatchObject({ state: "done" });
    expect(inQueue(queue)).toEqual([".qm-original-other", "job"]);
    fs.chmodSync(queue.folder("queue", "job/secret"), 0o644);
    expect(await queue.ended("job")).toMatchObject({ state: "done" });
  });

  it("stays with the reason in a sticky queue of somebody else, where it cannot be put aside", async () => {
    fs.chownSync(queue.layout.queue, 0, MANAGER);
    fs.chmodSync(queue.layout.queue, 0o1777);
    await queue.start({ uid: MANAGER });
    bringAsAda("cp -r", "job");
    expect(await staysFor("job", /sticky/)).toContain("chmod -t");
    expect(inQueue(queue)).toEqual(["job"]);
  });

  it("is one job and runs once, wherever a manager was killed while it copied it in", async () => {
    for (const [name, live] of Object.entries(STEPS)) {
      bringAsAda("cp -r", name);
      await live(name);
    }
    await queue.start({ uid: MANAGER });
    for (const name of Object.keys(STEPS))
      expect(await queue.ended(name)).toMatchObject({ state: "done", attempt: 1 });
    await until("the removal of what was left", () => !inQueue(queue).includes(COPY_PREFIX));
    expect(queue.history()).toHaveLength(Object.keys(STEPS).length);
    expect(inQueue(queue)).toEqual(
      Object.keys(STEPS)
        .map((name) => `.qm-original-${name}`)
        .sort(),
    );
  });
});

/** Stages of a manager, by a name for each. */
const STEPS: Readonly<Record<string, (name: string) => Promise<void> | void>> = {
  copies: (name) =>
    fs.cpSync(queue.folder("queue", `${name}/in`), ours(`${COPY_PREFIX}1`), { recursive: true }),
  "has-copied": async (name) => {
    await copied(name);
  },
  "has-put-aside": async (name) => {
    await copied(name);
    fs.renameSync(queue.folder("queue", name), queue.folder("queue", `.qm-original-${name}`));
  },
  "has-landed": async (name) => {
    const copy = await copied(name);
    landCopy(queue.layout, copy, queue.folder("queue", name), name);
  },
};

function ours(name: string): string {
  const folder = queue.folder("queue", name);
  fs.mkdirSync(folder);
  fs.chownSync(folder, MANAGER, MANAGER);
  return folder;
}

async function copied(name: string) {
  const original = queue.folder("queue", name);
  const fingerprint = new Surveyor(original).advance(Number.POSITIVE_INFINITY)?.fingerprint ?? "";
  const signal = new AbortController().signal;
  const copy = await makeCopy({
    layout: queue.layout,
    name,
    original,
    fingerprint,
    room: () => undefined,
    signal,
  });
  if (copy.kind !== "made") throw new Error(copy.why);
  for (const inner of ["", ...(fs.readdirSync(copy.folder, { recursive: true }) as string[])])
    fs.chownSync(path.join(copy.folder, inner), MANAGER, MANAGER);
  return copy;
}
