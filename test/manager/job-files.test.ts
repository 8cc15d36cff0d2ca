import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/queue/books/job-records.ts";
import { FILE_PREFIX } from "../../src/queue/intake/land-file.ts";
import { until } from "../support/until.ts";
import { type InProcessQueue, makeQueue } from "./queue-fixture.ts";

const JOB = { Job: { Script: "echo once >> ran" } };

function put(queue: InProcessQueue, file: string, content: object | string): string {
  const at = path.join(queue.layout.queue, file);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, typeof content === "string" ? content : JSON.stringify(content));
  return at;
}

function namesInQueue(queue: InProcessQueue): string[] {
  return fs.readdirSync(queue.layout.queue).sort();
}

async function left(queue: InProcessQueue, name: string): Promise<string> {
  const { reason } = await queue.shows(`${name} left alone`, ({ strays }) =>
    strays.find((stray) => stray.name === name && stray.reason.startsWith("left alone: ")),
  );
  return reason.replace("left alone: ", "");
}

describe("a plain file in the queue that is a job", () => {
  it("becomes a folder with that file as its info file, and runs", async () => {
    const queue = makeQueue();
    await queue.run();
    put(queue, "x.json", { ...JOB, beside: 1 });
    const record = await queue.ended("x");
    expect(record).toMatchObject({ name: "x", state: "done", infoFile: "x.json", number: 1 });
    expect(JSON.parse(queue.read("x", "x.json") ?? "")).toEqual({
      Job: { ...JOB.Job, Status: "Finished" },
      beside: 1,
    });
    expect(readInputs(queue.folder("finished", "x"))?.entries.map((entry) => entry.path)).toEqual(["x.json"]);
    expect(namesInQueue(queue)).toEqual([]);
  });

  it("is left until it rests, and is shown meanwhile", async () => {
    const queue = makeQueue({ Settle_Time: 3 });
    await queue.run();
    const file = put(queue, "x.json", '{"Job": {"Script": "true"');
    await queue.shows("the file arriving", ({ arriving }) => arriving.some(({ name }) => name === "x.json"));
    fs.appendFileSync(file, "}}");
    expect(await queue.ended("x")).toMatchObject({ state: "done" });
  });

  it.each([
    [
      '{"Job": {"Script": "true", "Status": "Finished"}}',
      'its Status is "Finished", not ToDo; set that and it runs',
    ],
    ['{"Job": {"Script": "true", "Status": 5}}', 'its Status is "5", not ToDo; set that and it runs'],
    ['{\n"Job": {"Script": "true"', "line 2 is not JSON from column 25 on; should be JSON"],
    ["", "line 1 is not JSON from column 1 on; should be JSON"],
  ])("is left alone with the reason: %s", async (text, reason) => {
    const queue = makeQueue();
    await queue.run();
    put(queue, "x.json", text);
    expect(await left(queue, "x.json")).toBe(reason);
    put(queue, "x.json", '{"Job": {"Script": "true", "Status": "todo"}}');
    expect(await queue.ended("x")).toMatchObject({ state: "done" });
  });

  it("is none with any other content, or a name that is nobody's job", async () => {
    const queue = makeQueue();
    await queue.run();
    put(queue, "data.json", { a: 1 });
    put(queue, "Thumbs.db.json", JOB);
    put(queue, "x.txt", JSON.stringify(JOB));
    await queue.shows("three strays", ({ strays }) => strays.length === 3);
    put(queue, "y.json", JOB);
    await queue.ended("y");
    expect(namesInQueue(queue)).toEqual(["Thumbs.db.json", "data.json", "x.txt"]);
  });

  it("gets another name where its own is taken", async () => {
    const queue = makeQueue();
    queue.deliver("x", { script: "sleep 60" });
    await queue.run();
    await queue.started("x");
    put(queue, "X.json", JOB);
    expect(await queue.ended("X-2")).toMatchObject({ state: "done", infoFile: "X.json" });
  });

  it("waits in the order of priorities, then of names that came together", async () => {
    const queue = makeQueue({ MaxNbProcessors: 1 });
    for (const name of ["run-10", "run-2", "urgent"]) {
      const job = { Script: `echo ${name} >> ${queue.base}/order`, Priority: name === "urgent" ? 1 : 0 };
      put(queue, `${name}.json`, { Job: job });
    }
    await queue.run();
    for (const name of ["run-10", "run-2", "urgent"]) await queue.ended(name);
    expect(fs.readFileSync(path.join(queue.base, "order"), "utf8")).toBe("urgent\nrun-2\nrun-10\n");
  });

  it.runIf(process.geteuid?.() === 0)("is its owner's, though the manager makes the folder", async () => {
    const queue = makeQueue();
    await queue.run();
    const file = path.join(queue.base, "x.json");
    fs.writeFileSync(file, JSON.stringify(JOB));
    fs.chownSync(file, 54_321, 54_321);
    fs.renameSync(file, path.join(queue.layout.queue, "x.json"));
    expect(await queue.ended("x")).toMatchObject({ state: "done", owner: "uid 54321" });
  });

  it("is refused for a fault, with its line", async () => {
    const queue = makeQueue();
    await queue.run();
    put(queue, "x.json", '{\n"Job": {\n"Script": ["a"]}}');
    expect(await queue.ended("x")).toMatchObject({
      state: "invalid",
      problems: ["x.json, line 3, Script: is a list; should be a string"],
    });
  });
});

describe("a file that was being made a job when the manager died", () => {
  const HIDDEN = `${FILE_PREFIX}0123456789abcdef`;

  it.each<[string, Readonly<Record<string, object | string>>]>([
    ["the hidden folder was made", { [`${HIDDEN}/.keep`]: "", "x.json": JOB }],
    ["it told whose the file is", { [`${HIDDEN}/.qm/origin.json`]: "{}", "x.json": JOB }],
    ["the file lay in it", { [`${HIDDEN}/x.json`]: JOB }],
    ["the folder had its name", { "x/x.json": JOB }],
  ])("runs once where it died after %s", async (_, files) => {
    const queue = makeQueue();
    for (const [file, content] of Object.entries(files)) put(queue, file, content);
    await queue.run();
    expect(await queue.ended("x")).toMatchObject({ state: "done", attempt: 1 });
    expect(queue.read("x", "ran")).toBe("once\n");
    await until("nothing to be left in the queue", () => namesInQueue(queue).length === 0);
    expect(queue.history()).toHaveLength(1);
  });

  it("is named otherwise where its name is taken since", async () => {
    const queue = makeQueue();
    put(queue, `${HIDDEN}/x.json`, JOB);
    put(queue, "x/x.json", JOB);
    await queue.run();
    for (const name of ["x", "x-2"]) expect(await queue.ended(name)).toMatchObject({ state: "done" });
  });
});
