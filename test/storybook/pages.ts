import type { Listing } from "../../src/disk/tree.ts";
import type { AskedFile } from "../../src/web/files/asked-file.ts";
import { fileView } from "../../src/web/files/file-view.ts";
import type { FrontSource } from "../../src/web/view/front-view.ts";
import { QM_FOLDER, quietView } from "./domain.ts";
import { LAB_LOGS, labView } from "./lab.ts";
import { labEnded } from "./lab-ended.ts";

/** Source of the front page of a queue in which nothing ever happened. */
export function emptyFrontSource(nowMs: number): FrontSource {
  return {
    view: quietView(),
    lastLines: new Map(),
    ended: { jobs: [], total: 0 },
    failures: { jobs: [], total: 0 },
    owners: [],
    query: { filter: {}, page: 1, waitingPage: 1, isStill: false },
    permissions: { act: true, delete: true },
    details: true,
    queueFolder: `${QM_FOLDER}/QM_qJobs`,
    pathAs: undefined,
    nowMs,
  };
}

/** The same of a lab on an ordinary day. */
export function labFront(nowMs: number): FrontSource {
  const jobs = labEnded(nowMs);
  const failed = jobs.filter(({ state }) => state !== "done");
  return {
    ...emptyFrontSource(nowMs),
    view: labView(nowMs),
    lastLines: new Map([...LAB_LOGS].map(([name, log]) => [name, log.split("\n").at(-1) ?? ""])),
    ended: { jobs, total: jobs.length },
    failures: { jobs: failed, total: failed.length },
    owners: [...new Set(jobs.map(({ owner }) => owner))].sort(),
  };
}

/** The files of the job that failed. */
export function labListing(nowMs: number): Listing {
  const entry = (name: string, type: "file" | "folder", bytes: number, minutes: number) => ({
    name: Buffer.from(name),
    type,
    bytes,
    mtimeMs: nowMs - minutes * 60_000,
  });
  const entries = [
    entry("results", "folder", 0, 240),
    entry("corals.err", "file", 5_210, 234),
    entry("corals.fasta", "file", 46_214_400, 310),
    entry("proc_config.cfg", "file", 214, 310),
    entry("process.log", "file", 1_904, 234),
    entry("QM_status.txt", "file", 611, 234),
    entry("run.sh", "file", 388, 310),
    entry("tree-073.nwk", "file", 88_120, 236),
  ];
  return { entries, more: 0 };
}

/** A request for a path in the folder of a finished job. */
export function askedFor(job: string, ...segments: readonly string[]): AskedFile {
  return {
    place: { stage: "finished", name: Buffer.from(job) },
    segments: segments.map((segment) => Buffer.from(segment)),
    name: Buffer.from(segments.at(-1) ?? job),
  };
}

/** The page of a text file, shown whole. */
export function textFile(job: string, file: string, text: string, nowMs: number) {
  const head = Buffer.from(text);
  const opened = { bytes: head.length, mtimeMs: nowMs - 9_000_000 };
  return fileView(askedFor(job, file), opened, { kind: "text" }, head, nowMs);
}
