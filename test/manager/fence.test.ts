import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { Fence } from "../../src/manager/fence.ts";
import type { ObservedRun } from "../../src/manager/run-scan.ts";
import type { Hearing, Worker } from "../../src/plan/worker.ts";
import { JOB_REQUESTS, MACHINE_IS_OFF } from "../../src/queue/request-files.ts";
import { requestLines } from "../../src/queue/requests.ts";
import { until } from "../support/until.ts";
import { ranJob } from "./attempt-fixture.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

let queue: InProcessQueue;
let run: ObservedRun;
let folder: string;

beforeEach(async () => {
  queue = makeQueue();
  ({ folder } = await ranJob(queue, "far"));
  const [found] = queue.context().runScan.observe().runs;
  if (found === undefined) throw new Error("no run");
  run = found;
});

function fenceBy(command: string | undefined) {
  const fence = new Fence({
    config: () => ({ fenceCommand: command, qmFolder: queue.layout.root }),
    log: queue.log,
    wake: () => undefined,
  });
  const attend = (hearing: Hearing) => {
    const offer: Worker = { ...run.port.offer(), hearing, host: "lab2.lab.org" };
    fence.attend([offer], [run], performance.now());
  };
  return { attend, asked: () => requestLines(folder, JOB_REQUESTS.lost) };
}

describe("the fence", () => {
  it("gives up the jobs of a silent worker once its machine is off, and names it to the command", async () => {
    const { attend, asked } = fenceBy("echo $QM_WORKER_HOST > told");
    attend("silent");
    await until("the word that it is off", () => {
      attend("silent");
      return asked().length > 0;
    });
    expect(asked().slice(0, 2)).toEqual(["Fence_Command", MACHINE_IS_OFF]);
    expect(fs.readFileSync(path.join(queue.layout.root, "told"), "utf8")).toBe("lab2.lab.org\n");
  });

  it("leaves them alone where the command fails, which is told once", async () => {
    const { attend, asked } = fenceBy("echo the switch does not answer; exit 1");
    attend("silent");
    const told = () => queue.log.of("Fence_Command failed; tried again every minute");
    await until("the failure", () => told().length > 0);
    for (let looks = 0; looks < 5; looks += 1) attend("silent");
    expect(told()).toMatchObject([{ fields: { why: "the switch does not answer" } }]);
    expect(asked()).toEqual([]);
  });

  it("leaves them alone where the worker is heard of before the command has ended", async () => {
    const { attend, asked } = fenceBy("until [ -e go ]; do sleep 0.05; done");
    attend("silent");
    attend("heard");
    fs.writeFileSync(path.join(queue.layout.root, "go"), "");
    const { attend: attendLater, asked: askedLater } = fenceBy("true");
    await until("another fence's word", () => {
      attend("heard");
      attendLater("silent");
      return askedLater().length > 0;
    });
    fs.rmSync(path.join(folder, JOB_REQUESTS.lost));
    attend("heard");
    expect(asked()).toEqual([]);
  });

  it.each<Hearing>(["heard", "awaited", "stopped"])("runs nothing where the worker is %s", (hearing) => {
    const { attend } = fenceBy("true");
    attend(hearing);
    expect(queue.log.of("a silent worker is being switched off")).toEqual([]);
  });

  it("runs nothing without a command", () => {
    fenceBy(undefined).attend("silent");
    expect(queue.log.told).toEqual([]);
  });
});
