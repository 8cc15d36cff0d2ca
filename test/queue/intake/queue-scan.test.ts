import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { foldName } from "../../../src/job/names.ts";
import type { QueueEntry } from "../../../src/plan/snapshot.ts";
import { type Admission, Admissions } from "../../../src/queue/intake/admissions.ts";
import { infoStamp } from "../../../src/queue/intake/info-file.ts";
import { QueueScan } from "../../../src/queue/intake/queue-scan.ts";
import { isUnfinishedName } from "../../../src/text/unfinished-names.ts";
import { asOrdinaryUser, fill, scratchFolder } from "../../support/scratch.ts";
import { admission } from "../admission.ts";

const SETTLE_SECONDS = 2;

const ALL_AT_ONCE = {
  everyMs: () => 0,
  listEveryMs: () => 0,
  budgetMs: Number.POSITIVE_INFINITY,
  closelyMs: 0,
  isUnfinished: isUnfinishedName,
  jobFiles: () => [],
};

/** A queue folder and a manager's view of it, with a clock that the test sets. */
class Queue {
  readonly folder = scratchFolder();
  readonly #journal = path.join(scratchFolder(), "admissions.jsonl");
  admissions = new Admissions(this.#journal);
  scan = new QueueScan(this.folder, this.admissions, ALL_AT_ONCE);
  #nowMs = 0;
  #stamp = Date.parse("2026-01-01");

  /** Lets seconds pass, then looks as a pass does: surveys first. */
  look(laterSeconds = 0): readonly QueueEntry[] {
    this.#nowMs += laterSeconds * 1000;
    this.scan.advance(this.#nowMs, Number.POSITIVE_INFINITY);
    return this.scan.observe(this.#nowMs, SETTLE_SECONDS);
  }

  /** As `look`, for the one folder there is. */
  lookAtOne(laterSeconds = 0): QueueEntry | undefined {
    const entries = this.look(laterSeconds);
    expect(entries.length).toBeLessThanOrEqual(1);
    return entries[0];
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Writes files into a job's folder; its own time moves as it does when a moment has passed. */
  put(name: string, files: Readonly<Record<string, string>>): string {
    const job = path.join(this.folder, name);
    fs.mkdirSync(job, { recursive: true });
    fill(job, files);
    this.touch(name);
    return job;
  }

  remove(name: string, file: string): void {
    fs.rmSync(path.join(this.folder, name, file));
    this.touch(name);
  }

  touch(name: string): void {
    this.#stamp += 1000;
    fs.utimesSync(path.join(this.folder, name), this.#stamp / 1000, this.#stamp / 1000);
  }

  /** Admits a folder as it was last surveyed. */
  admit(name: string, changes: Partial<Admission> = {}): Admission {
    const survey = this.scan.surveyOf(name);
    const admitted = admission(name, {
      fingerprint: survey?.fingerprint ?? "",
      folderMtimeMs: fs.statSync(path.join(this.folder, name)).mtimeMs,
      bytes: survey?.bytes ?? 0,
      files: survey?.files ?? 0,
      infoStamp: infoStamp(path.join(this.folder, name), "proc_config.cfg"),
      ...changes,
    });
    this.scan.admit(admitted);
    return admitted;
  }

  /** Puts a job in and admits it. */
  makeWaiting(name: string, changes: Partial<Admission> = {}): void {
    this.put(name, { "proc_config.cfg": "echo hi\n" });
    this.look(1);
    this.look(SETTLE_SECONDS);
    this.admit(name, changes);
  }

  restart(): void {
    this.admissions = new Admissions(this.#journal);
    this.scan = new QueueScan(this.folder, this.admissions, ALL_AT_ONCE);
  }
}

let queue: Queue;

beforeEach(() => {
  queue = new Queue();
});

describe("a folder that is copied in", () => {
  it("arrives, is ready once it is quiet, and waits once it is admitted", () => {
    queue.put("job", { "run.sh": "echo hi\n" });
    expect(queue.lookAtOne()).toEqual({
      kind: "arriving",
      name: "job",
      place: 1,
      bytes: 8,
      files: 1,
      readiness: { kind: "settling", quietSeconds: 0, neededSeconds: 2 },
      killRequested: false,
    });
    expect(queue.lookAtOne(1.5)).toMatchObject({ readiness: { kind: "settling", quietSeconds: 1.5 } });
    expect(queue.lookAtOne(0.5)).toMatchObject({ readiness: { kind: "ready" } });
    queue.admit("job", { place: 7, admittedAtMs: 123 });
    expect(queue.lookAtOne()).toEqual({
      kind: "waiting",
      name: "job",
      info: admission("job").info,
      place: 7,
      sentToTop: false,
      admittedAtMs: 123,
      bytes: 8,
      files: 1,
      held: false,
      killRequested: false,
      topRequested: false,
      reassignRequested: false,
    });
  });

  it("goes on arriving as long as something changes in it", () => {
    for (let number = 1; number <= 5; number += 1) {
      queue.put("job", { [`data ${number}`]: "x" });
      expect(queue.lookAtOne(1)).toMatchObject({
        files: number,
        readiness: { kind: "settling", quietSeconds: 0 },
      });
    }
    expect(queue.lookAtOne(2)).toMatchObject({ readiness: { kind: "settling", neededSeconds: 3 } });
    expect(queue.lookAtOne(1)).toMatchObject({ readiness: { kind: "ready" } });
  });

  it("goes on arriving while a file deep inside grows, which the folder's own time does not show", () => {
    queue.put("job", { "a/b/data": "x" });
    queue.look();
    fs.appendFileSync(path.join(queue.folder, "job/a/b/data"), "y");
    expect(queue.lookAtOne(2)).toMatchObject({ bytes: 2, readiness: { kind: "settling", quietSeconds: 0 } });
  });

  it("goes on arriving while it is empty, or a name in it tells of a copy", () => {
    queue.put("job", {});
    queue.look();
    expect(queue.lookAtOne(100)).toMatchObject({ readiness: { kind: "empty" } });
    queue.put("job", { "data.part": "x" });
    queue.look(1);
    expect(queue.lookAtOne(100)).toMatchObject({
      readiness: { kind: "copying", temporaryName: "data.part" },
    });
  });

  it("is ready at once with QM_READY in it", () => {
    queue.put("job", { "run.sh": "", "data.part": "", QM_READY: "" });
    expect(queue.lookAtOne()).toMatchObject({ readiness: { kind: "ready" } });
  });

  it("is no longer seen when it is taken away, and known anew when it comes again", () => {
    queue.put("job", { "run.sh": "" });
    queue.look();
    const aside = path.join(scratchFolder(), "job");
    fs.renameSync(path.join(queue.folder, "job"), aside);
    expect(queue.look(2)).toEqual([]);
    expect(queue.scan.pathOf("job")).toBeUndefined();
    fs.renameSync(aside, path.join(queue.folder, "job"));
    expect(queue.lookAtOne(2)).toMatchObject({ readiness: { kind: "settling", quietSeconds: 0 } });
  });

  it("may be unwanted before it has arrived", () => {
    queue.put("job", { "run.sh": "", QM_KILL: "" });
    expect(queue.lookAtOne()).toMatchObject({ kind: "arriving", killRequested: true });
  });
});

describe("the places of folders that arrive", () => {
  const places = (entries = queue.look(1)) =>
    entries
      .flatMap((entry) => (entry.kind === "stray" ? [] : [{ name: entry.name, place: entry.place ?? 0 }]))
      .sort((a, b) => a.place - b.place)
      .map(({ name }) => name);

  it("go by the look that first saw them, and within one look by natural order", () => {
    for (const name of ["run-10", "run-9", "Run-1", "run-2"]) queue.put(name, { "run.sh": "" });
    expect(places()).toEqual(["Run-1", "run-2", "run-9", "run-10"]);
    for (const name of ["run-3", "a"]) queue.put(name, { "run.sh": "" });
    expect(places()).toEqual(["Run-1", "run-2", "run-9", "run-10", "a", "run-3"]);
  });

  it("are those of one look though it takes long to look at them all", () => {
    queue.scan = new QueueScan(queue.folder, queue.admissions, { ...ALL_AT_ONCE, budgetMs: 0 });
    const names = Array.from({ length: 20 }, (_, index) => `run-${20 - index}`);
    for (const name of names) queue.put(name, { "run.sh": "" });
    queue.look();
    queue.put("later", { "run.sh": "" });
    for (let looks = 0; looks <= names.length; looks += 1) queue.look();
    expect(places()).toEqual([...names.toReversed(), "later"]);
  });

  it("are known of all once the first listing is looked through, which no later listing undoes", () => {
    queue.scan = new QueueScan(queue.folder, queue.admissions, { ...ALL_AT_ONCE, budgetMs: 0 });
    for (const name of ["a", "b", "c"]) queue.put(name, { "run.sh": "" });
    const look = () => {
      queue.scan.observe(queue.nowMs, SETTLE_SECONDS);
      return queue.scan.isLookedThrough;
    };
    expect([queue.scan.isLookedThrough, look(), look(), look()]).toEqual([false, false, false, true]);
    for (const name of ["d", "e"]) queue.put(name, { "run.sh": "" });
    expect(look()).toBe(true);
  });

  it("are those of one look for newcomers that follow one another closely, which are shown together", () => {
    queue.scan = new QueueScan(queue.folder, queue.admissions, { ...ALL_AT_ONCE, closelyMs: 100 });
    for (const name of ["run-1", "run-10", "run-2"]) {
      queue.put(name, { "run.sh": "" });
      expect(queue.look(0.09)).toEqual([]);
    }
    expect(places(queue.look(0.1))).toEqual(["run-1", "run-2", "run-10"]);
    queue.put("run-0", { "run.sh": "" });
    queue.look(0.01);
    queue.put("a", { "run.sh": "", QM_READY: "" });
    expect(places(queue.look(0.01))).toEqual(["run-1", "run-2", "run-10", "a", "run-0"]);
  });

  it("are kept when they arrive anew, and over a restart, admitted or not", () => {
    for (const name of ["b", "c"]) queue.put(name, { "run.sh": "" });
    queue.look(1);
    queue.put("a", { "run.sh": "" });
    queue.look(2);
    queue.admit("c", { place: queue.admissions.placeOf("c") ?? 0 });
    queue.look();
    queue.restart();
    queue.put("c", { "more.txt": "" });
    expect(places()).toEqual(["b", "c", "a"]);
    expect(queue.look(30)).toHaveLength(3);
    queue.admit("b", { place: queue.admissions.placeOf("b") ?? 0 });
    expect(places()).toEqual(["b", "c", "a"]);
  });

  it("are new ones for a folder that was taken away and comes again", () => {
    queue.put("a", { "run.sh": "" });
    queue.put("b", { "run.sh": "" });
    queue.look(1);
    fs.renameSync(path.join(queue.folder, "a"), path.join(scratchFolder(), "a"));
    queue.look(1);
    queue.put("a", { "run.sh": "" });
    expect(places()).toEqual(["b", "a"]);
  });
});

describe("a folder that is renamed from a temporary name", () => {
  it.each([".job", "job.part", "job.filepart", "job.tmp", "~job"])("is ready at once: %s", (temporary) => {
    queue.put(temporary, { "run.sh": "" });
    expect(queue.look()).toEqual([]);
    fs.renameSync(path.join(queue.folder, temporary), path.join(queue.folder, "job"));
    expect(queue.lookAtOne()).toMatchObject({ name: "job", readiness: { kind: "ready" } });
  });

  it("has to settle where the temporary name was another's", () => {
    queue.put(".other", { "run.sh": "" });
    queue.look();
    fs.renameSync(path.join(queue.folder, ".other"), path.join(queue.folder, "job"));
    expect(queue.lookAtOne()).toMatchObject({ readiness: { kind: "settling" } });
  });

  it("has to settle where it only has the name of one that was seen", () => {
    queue.put(".job", { "run.sh": "" });
    queue.look();
    queue.put("job", { "run.sh": "" });
    expect(queue.lookAtOne()).toMatchObject({ readiness: { kind: "settling" } });
  });

  it("has to settle where the temporary name was never seen", () => {
    queue.put(".job", { "run.sh": "" });
    fs.renameSync(path.join(queue.folder, ".job"), path.join(queue.folder, "job"));
    expect(queue.lookAtOne()).toMatchObject({ readiness: { kind: "settling" } });
  });
});

describe("what is no job", () => {
  it("is shown for what it is", () => {
    fill(queue.folder, { "notes.txt": "" });
    fs.symlinkSync("/etc", path.join(queue.folder, "link"));
    const strays = queue.look().map((entry) => `${entry.name}: ${entry.kind === "stray" && entry.what}`);
    expect(strays.toSorted()).toEqual(["link: a link", "notes.txt: a file"]);
  });

  it("is passed over where its name is ignored", () => {
    fill(queue.folder, {
      ".hidden/": "",
      "x.part": "",
      "thumbs.DB": "",
      "__MACOSX/": "",
      "Lost+Found/f": "",
    });
    expect(queue.look()).toEqual([]);
  });

  it("becomes a job when a folder takes its place", () => {
    fill(queue.folder, { job: "" });
    queue.look();
    fs.rmSync(path.join(queue.folder, "job"));
    queue.put("job", { "run.sh": "" });
    expect(queue.lookAtOne()).toMatchObject({ kind: "arriving" });
  });
});

describe("a waiting job", () => {
  beforeEach(() => {
    queue.makeWaiting("job", { place: 7 });
    expect(queue.lookAtOne()).toMatchObject({ kind: "waiting" });
  });

  it.each([
    ["QM_HOLD", { held: true }],
    ["QM_KILL", { killRequested: true }],
    ["QM_TOP", { topRequested: true }],
    ["QM_REASSIGN", { reassignRequested: true }],
  ])("shows a request that is put in, and goes on waiting: %s", (name, shown) => {
    queue.put("job", { [name]: "" });
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "waiting", ...shown });
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "waiting", ...shown });
  });

  it("shows that a request was taken away", () => {
    queue.put("job", { QM_HOLD: "" });
    queue.look(1);
    queue.remove("job", "QM_HOLD");
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "waiting", held: false });
  });

  it("shows a request that comes in the same tick of the folder's clock as the last change", () => {
    queue.put("job", { QM_TOP: "" });
    const { mtime } = fs.statSync(path.join(queue.folder, "job"));
    queue.look(0.01);
    queue.look(0.01);
    fs.writeFileSync(path.join(queue.folder, "job", "QM_HOLD"), "");
    fs.utimesSync(path.join(queue.folder, "job"), mtime, mtime);
    expect(queue.lookAtOne(1)).toMatchObject({ held: true });
  });

  it("arrives anew when something is put into it, and keeps its place when it is admitted again", () => {
    queue.put("job", { more: "x" });
    queue.look(1);
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "arriving", files: 2 });
    expect(queue.admissions.get("job")?.place).toBe(7);
    expect(queue.lookAtOne(30)).toMatchObject({ readiness: { kind: "ready" } });
    queue.admit("job", { place: 7 });
    expect(queue.lookAtOne()).toMatchObject({ kind: "waiting", files: 2, place: 7 });
  });

  it("arrives anew when its info file is edited in place, which the folder's own time does not show", () => {
    const { mtimeMs } = fs.statSync(path.join(queue.folder, "job"));
    queue.look(10);
    fs.appendFileSync(path.join(queue.folder, "job/proc_config.cfg"), "nb_proc : 2\n");
    expect(fs.statSync(path.join(queue.folder, "job")).mtimeMs).toBe(mtimeMs);
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "arriving", readiness: { kind: "settling" } });
    expect(queue.admissions.get("job")?.place).toBe(7);
    expect(queue.lookAtOne(2)).toMatchObject({ readiness: { kind: "ready" } });
    queue.admit("job", { place: 7 });
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "waiting", place: 7 });
  });

  it("arrives anew after a restart where its info file was edited in place meanwhile", () => {
    fs.appendFileSync(path.join(queue.folder, "job/proc_config.cfg"), "nb_proc : 2\n");
    queue.restart();
    expect(queue.lookAtOne()).toMatchObject({ kind: "arriving", readiness: { kind: "settling" } });
    expect(queue.admissions.get("job")?.place).toBe(7);
  });

  it("waits on where a journal of an earlier version tells nothing of its info file", () => {
    const { infoStamp: _none, ...before } = queue.admissions.get("job") ?? admission("job");
    queue.admissions.set(before);
    queue.restart();
    expect(queue.lookAtOne()).toMatchObject({ kind: "waiting", place: 7 });
    fs.appendFileSync(path.join(queue.folder, "job/proc_config.cfg"), "nb_proc : 2\n");
    expect(queue.lookAtOne(10)).toMatchObject({ kind: "arriving" });
  });

  it("arrives anew when something is put into it right after a request", () => {
    queue.put("job", { QM_TOP: "" });
    queue.scan.observe(queue.nowMs, SETTLE_SECONDS);
    queue.scan.advance(queue.nowMs, Number.POSITIVE_INFINITY);
    queue.put("job", { more: "x" });
    queue.scan.observe(queue.nowMs, SETTLE_SECONDS);
    queue.look(1);
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "arriving", files: 2 });
  });

  it("is known after a restart at once, with its place", () => {
    queue.restart();
    expect(queue.lookAtOne()).toMatchObject({ kind: "waiting", place: 7 });
  });

  it("is known after a restart with the request that was put in while it waited", () => {
    queue.put("job", { QM_HOLD: "" });
    queue.look(1);
    queue.look(1);
    queue.restart();
    expect(queue.lookAtOne()).toMatchObject({ kind: "waiting", place: 7, held: true });
  });

  it("is looked at before what arrives, however much that is", () => {
    queue.scan = new QueueScan(queue.folder, queue.admissions, { ...ALL_AT_ONCE, budgetMs: 0 });
    queue.look();
    for (const name of ["a", "b", "c"]) queue.put(name, { "run.sh": "" });
    queue.scan.observe(queue.nowMs, SETTLE_SECONDS);
    queue.put("job", { QM_HOLD: "" });
    queue.scan.noteChange("job");
    const seen = queue.scan.observe(queue.nowMs, SETTLE_SECONDS);
    expect(seen.find(({ name }) => name === "job")).toMatchObject({ kind: "waiting", held: true });
  });

  it("is surveyed no more once a request was seen to be all that came", () => {
    queue.put("job", { QM_HOLD: "" });
    queue.look(1);
    const settled = queue.look(1);
    expect(queue.look(10)).toBe(settled);
    expect(queue.scan.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("has to settle again after a restart where something was put into it meanwhile", () => {
    queue.put("job", { more: "x" });
    queue.restart();
    expect(queue.lookAtOne()).toMatchObject({ kind: "arriving", readiness: { kind: "settling" } });
    expect(queue.admissions.get("job")?.place).toBe(7);
  });

  it("is forgotten when its folder leaves the queue", () => {
    fs.renameSync(path.join(queue.folder, "job"), path.join(scratchFolder(), "job"));
    expect(queue.look(1)).toEqual([]);
    expect(queue.admissions.get("job")).toBeUndefined();
  });

  it("keeps its place though the queue, a mount perhaps, is away for a moment", () => {
    const away = path.join(scratchFolder(), "away");
    fs.renameSync(queue.folder, away);
    expect(() => queue.look(1)).toThrow("ENOENT");
    fs.renameSync(away, queue.folder);
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "waiting", place: 7 });
  });

  it("that was given back has to settle again, and keeps its place", () => {
    const before = queue.admissions.get("job") ?? admission("job");
    queue.scan.readmit(before);
    expect(queue.lookAtOne(1)).toMatchObject({ kind: "arriving", readiness: { kind: "settling" } });
    expect(queue.lookAtOne(2)).toMatchObject({ kind: "arriving", readiness: { kind: "ready" } });
    expect(queue.admissions.get("job")?.place).toBe(7);
    queue.restart();
    expect(queue.lookAtOne()).toMatchObject({ kind: "arriving" });
  });
});

describe("a name in the queue", () => {
  const taken = (name: string, own: string) => queue.scan.isNameOwnedByAnother(foldName(name), own);

  it("is taken by a waiting job from every newcomer", () => {
    queue.makeWaiting("Job");
    queue.put("JOB", { "run.sh": "" });
    queue.look();
    expect(taken("JOB", "JOB")).toBe(true);
    expect(taken("job", "another")).toBe(true);
  });

  it("is not taken by one that still arrives from another of the same name: the first to be whole keeps it", () => {
    queue.put("Job", { "run.sh": "" });
    queue.put("JOB", { "run.sh": "" });
    queue.look();
    expect(taken("Job", "Job")).toBe(false);
    expect(taken("JOB", "JOB")).toBe(false);
  });

  it("is taken by one that still arrives from a job that would only be given it", () => {
    queue.put("job-2", { "run.sh": "" });
    queue.look();
    expect(taken("job-2", "JOB")).toBe(true);
  });

  it("is taken by the folder that was just given it, before that has been looked at", () => {
    queue.scan.lookAtRenamed("job-2");
    expect(taken("job-2", "another")).toBe(true);
    expect(taken("job-2", "job-2")).toBe(false);
    queue.put("job-2", { "run.sh": "" });
    queue.look();
    fs.rmSync(path.join(queue.folder, "job-2"), { recursive: true });
    queue.look();
    expect(taken("job-2", "another")).toBe(false);
  });

  it("is not taken by the job itself, nor by one that has left", () => {
    queue.makeWaiting("job");
    queue.look();
    expect(taken("job", "job")).toBe(false);
    fs.rmSync(path.join(queue.folder, "job"), { recursive: true });
    queue.look();
    expect(taken("job", "another")).toBe(false);
  });
});

describe("names that are not UTF-8", () => {
  const latin1 = () =>
    Buffer.concat([Buffer.from(`${queue.folder}/f`), Buffer.from([0xfc]), Buffer.from("r")]);

  it("are jobs too, under the name that Latin-1 gives them", () => {
    fs.mkdirSync(latin1());
    fs.writeFileSync(Buffer.concat([latin1(), Buffer.from("/run.sh")]), "x");
    expect(queue.lookAtOne()).toMatchObject({ kind: "arriving", name: "für", files: 1 });
    expect(queue.scan.pathOf("für")).toEqual(latin1());
    expect(queue.lookAtOne(2)).toMatchObject({ readiness: { kind: "ready" } });
  });

  it("never stand twice in the queue under the name of another, as one claim would undo the other", () => {
    queue.makeWaiting("für");
    fs.mkdirSync(latin1());
    fs.writeFileSync(Buffer.concat([latin1(), Buffer.from("/run.sh")]), "x");
    queue.look(1);
    const waiting = queue.look(5).filter((entry) => entry.kind === "waiting");
    expect(waiting.map(({ name }) => name)).toEqual(["für"]);
    expect(queue.scan.pathOf("für")).toBe(path.join(queue.folder, "für"));
  });
});

describe("a folder that the manager may not read", () => {
  it("is shown with the reason, and keeps no other from being seen", () => {
    queue.put("closed", { "run.sh": "" });
    queue.put("open", { "run.sh": "" });
    fs.chmodSync(path.join(queue.folder, "closed"), 0);
    const shown = asOrdinaryUser(() => queue.look()).toSorted((one, other) =>
      one.name < other.name ? -1 : 1,
    );
    expect(shown).toMatchObject([
      { name: "closed", readiness: { kind: "unreadable", why: "permission denied (EACCES)" } },
      { name: "open", readiness: { kind: "settling" } },
    ]);
  });

  it("arrives as soon as it can be read", () => {
    queue.put("job", { "run.sh": "" });
    fs.chmodSync(path.join(queue.folder, "job"), 0o111);
    asOrdinaryUser(() => queue.look());
    expect(asOrdinaryUser(() => queue.lookAtOne(1))).toMatchObject({ readiness: { kind: "unreadable" } });
    fs.chmodSync(path.join(queue.folder, "job"), 0o755);
    expect(asOrdinaryUser(() => queue.lookAtOne(1))).toMatchObject({ files: 1 });
  });

  it("cannot be told where it is the queue itself", () => {
    fs.chmodSync(queue.folder, 0);
    expect(() => asOrdinaryUser(() => queue.look())).toThrow("EACCES");
  });
});

describe("the surveys of a large folder", () => {
  beforeEach(() => {
    const files = Array.from({ length: 400 }, (_, number) => [`data ${number}`, "x"]);
    queue.put("large", Object.fromEntries(files));
  });

  it("are made a little at a time, and end with all of it seen", () => {
    expect(queue.scan.observe(0, SETTLE_SECONDS)).toHaveLength(1);
    for (let slice = 0; queue.scan.surveyOf("large") === undefined; slice += 1) {
      expect(slice).toBeLessThan(1000);
      queue.scan.advance(0, 0.01);
    }
    expect(queue.scan.surveyOf("large")?.files).toBe(400);
  });

  it("tell when one has become whole, and when the next is due", () => {
    expect(queue.scan.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
    queue.scan.observe(0, SETTLE_SECONDS);
    const completed = queue.scan.surveyOf("large") !== undefined || queue.scan.advance(0, 1e6);
    expect(completed).toBe(true);
    const dueMs = queue.scan.nextDueMs();
    expect(dueMs).toBeGreaterThanOrEqual(250);
    expect(queue.scan.advance(dueMs - 1, 1e6)).toBe(false);
    expect(queue.scan.advance(dueMs, 1e6)).toBe(true);
    expect(queue.scan.nextDueMs()).toBeGreaterThan(dueMs);
  });
});
