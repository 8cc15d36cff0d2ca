import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Layout } from "../../src/queue/layout.ts";
import { takeStopRequest } from "../../src/queue/manager-requests.ts";
import { JOB_REQUESTS } from "../../src/queue/request-files.ts";
import { requestedBy } from "../../src/queue/requests.ts";
import { keepSpareRequests, makeRequestOfSpare } from "../../src/queue/spare-requests.ts";
import { makeQueueFolder } from "../support/queue-folder.ts";

import { asOrdinaryUser, namesIn, rootOrSkip, scratchFolder } from "../support/scratch.ts";

let layout: Layout;
let job = "";

const spares = () => path.join(layout.state, "spare-requests");

beforeEach(() => {
  const queue = makeQueueFolder();
  layout = queue.layout;
  job = queue.put("running", "job");
});

describe("spare requests", () => {
  it("become the request of a job, of the queue or of its manager, and are made anew", () => {
    keepSpareRequests(layout);
    const all = namesIn(spares());
    for (const file of [path.join(job, "QM_KILL"), path.join(layout.root, "QM_PAUSE"), layout.stopRequest])
      expect(makeRequestOfSpare(file, "ann\n")).toBe(true);
    expect(requestedBy(job, JOB_REQUESTS.kill)).toBe("ann");
    expect(requestedBy(layout.root, "QM_PAUSE")).toBe("ann");
    expect(namesIn(spares())).toHaveLength(all.length - 3);
    keepSpareRequests(layout);
    expect(namesIn(spares())).toEqual(all);
  });

  it("take no inode", () => {
    keepSpareRequests(layout);
    const inodes = namesIn(spares()).map((name) => fs.statSync(path.join(spares(), name)).ino);
    makeRequestOfSpare(path.join(job, "QM_KILL"), "ann\n");
    expect(inodes).toContain(fs.statSync(path.join(job, "QM_KILL")).ino);
  });

  it("tell the manager how to stop", () => {
    keepSpareRequests(layout);
    makeRequestOfSpare(layout.stopRequest, "kill\n");
    expect(takeStopRequest(layout.stopRequest)?.mode).toBe("kill");
  });

  it("come to an end", () => {
    keepSpareRequests(layout);
    const made = [...namesIn(spares()), "one more"].map((name) =>
      makeRequestOfSpare(path.join(job, name), ""),
    );
    expect(made.lastIndexOf(true)).toBe(made.length - 2);
    expect(makeRequestOfSpare(path.join(scratchFolder(), "QM_KILL"), "")).toBe(false);
  });

  it.runIf(rootOrSkip())("are for whoever may write into the queue, and for nobody else", () => {
    const ask = (name: string) => asOrdinaryUser(() => makeRequestOfSpare(path.join(job, name), "bob\n"));
    for (const folder of [layout.root, layout.state]) fs.chmodSync(folder, 0o755);
    fs.chmodSync(job, 0o777);
    keepSpareRequests(layout);
    expect(ask("QM_KILL")).toBe(false);
    fs.rmSync(spares(), { recursive: true });
    fs.chmodSync(layout.queue, 0o1777);
    keepSpareRequests(layout);
    expect(ask("QM_HOLD")).toBe(true);
    expect(requestedBy(job, JOB_REQUESTS.hold)).toBe("bob");
  });
});
