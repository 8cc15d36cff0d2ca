import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type JobFolder, type Opened, openJobFolder } from "../../src/disk/job-files.ts";
import { walkJob } from "../../src/queue/files/job-results.ts";
import { tries } from "../support/chance.ts";
import { openBelow } from "../support/open-files.ts";
import {
  fill,
  giveToOrdinaryUser,
  makeFifo,
  rootOrSkip,
  scratchFolder,
  withSocket,
} from "../support/scratch.ts";
import { whileSwapped } from "../support/swapping.ts";

const TRIES = tries(10_000);

describe("files of a job", () => {
  let scratch: string;
  let job: string;
  let folder: JobFolder;

  beforeEach(async () => {
    scratch = scratchFolder();
    fill(scratch, {
      "job/a.txt": "ours",
      "job/sub/deep/b.txt": "inner",
      secret: "secret",
      "out/b.txt": "secret",
    });
    job = path.join(scratch, "job");
    folder = await openedFolder(job);
  });

  // Whatever a test has tried, nothing stays open.
  afterEach(async () => {
    await folder.close();
    expect(openBelow(scratch)).toBe(0);
  });

  async function openedFolder(where: string): Promise<JobFolder> {
    const opened = await openJobFolder(Buffer.from(where));
    if (opened === undefined) throw new Error("the job's folder does not open");
    return opened;
  }

  async function textAt(...names: (string | Buffer)[]): Promise<string> {
    const opened = await folder.open(names.map((name) => Buffer.from(name)));
    if (opened.kind !== "file") return opened.kind === "refused" ? opened.why : opened.kind;
    return await opened.handle.readFile("utf8").finally(() => opened.handle.close());
  }

  test("a file is opened by its path, with its size and time", async () => {
    expect(await textAt("sub", "deep", "b.txt")).toBe("inner");
    const opened = await folder.open([Buffer.from("a.txt")]);
    if (opened.kind !== "file") throw new Error(opened.kind);
    await opened.handle.close();
    expect(opened).toMatchObject({ bytes: 4, mtimeMs: fs.statSync(path.join(job, "a.txt")).mtimeMs });
  });

  test("what is not there is absent", async () => {
    expect(await textAt("none")).toBe("absent");
    expect(await textAt("none", "b.txt")).toBe("absent");
    expect(await textAt("a.txt", "b.txt")).toBe("absent");
    expect(await textAt("x".repeat(300))).toBe("absent");
  });

  test.each([
    [[".."]],
    [["..", "secret"]],
    [["sub", "..", "..", "secret"]],
    [["."]],
    [[""]],
    [["sub", "", "deep"]],
    [["sub/deep"]],
    [["/etc/passwd"]],
    [["a.txt\0"]],
    [["a.txt\0.png"]],
  ])("a name that is none is refused: %j", async (names) => {
    expect(await textAt(...names)).toBe("has a name that is no plain name");
  });

  test("names need not be UTF-8", async () => {
    const name = Buffer.from([0xe9, 0x2e, 0xff]);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${job}/`), name]), "latin");
    expect(await textAt(name)).toBe("latin");
    expect((await listed(folder, [])).entries.map((entry) => entry.name)).toContainEqual(name);
  });

  test("links are refused wherever they stand and wherever they lead", async () => {
    fs.symlinkSync("/etc/passwd", path.join(job, "passwd"));
    fs.symlinkSync("a.txt", path.join(job, "inside"));
    fs.symlinkSync(path.join(scratch, "out"), path.join(job, "out"));
    fs.symlinkSync("nowhere", path.join(job, "dangling"));
    for (const name of ["passwd", "inside", "out", "dangling"]) expect(await textAt(name)).toBe("is a link");
    expect(await textAt("out", "b.txt")).toBe("is a link");
  });

  test("a job that is a link is no job", async () => {
    fs.symlinkSync(job, path.join(scratch, "linked"));
    expect(await openJobFolder(Buffer.from(path.join(scratch, "linked")))).toBeUndefined();
    expect(await openJobFolder(Buffer.from(path.join(job, "a.txt")))).toBeUndefined();
    expect(await openJobFolder(Buffer.from(path.join(scratch, "none")))).toBeUndefined();
  });

  test("FIFOs and sockets are refused and nothing waits for them", async () => {
    makeFifo(path.join(job, "fifo"));
    expect(await textAt("fifo")).toBe("is a FIFO");
    let socket: Promise<string> | undefined;
    await withSocket(path.join(job, "socket"), () => {
      socket = textAt("socket");
    });
    expect(["is a socket", "absent"]).toContain(await socket);
  });

  test.runIf(rootOrSkip())("devices are refused", async () => {
    expect(spawnSync("mknod", [path.join(job, "zero"), "c", "1", "5"]).status).toBe(0);
    expect(await textAt("zero")).toBe("is a device");
  });

  test("a second name of a file of the job's own is read", async () => {
    fs.linkSync(path.join(job, "a.txt"), path.join(job, "own"));
    expect(await textAt("own")).toBe("ours");
  });

  test.runIf(rootOrSkip())(
    "a second name of another owner's file is refused, one of the job's own is not",
    async () => {
      fs.linkSync(path.join(job, "a.txt"), path.join(job, "own"));
      fs.linkSync(path.join(scratch, "secret"), path.join(job, "stolen"));
      giveToOrdinaryUser(job, path.join(job, "a.txt"));
      await folder.close();
      folder = await openedFolder(job);
      expect(await textAt("stolen")).toBe("is a hard link to a file of another owner");
      expect(await textAt("own")).toBe("ours");
    },
  );

  test("a file swapped for a link to another is never followed", async () => {
    const counts: Record<string, number> = {};
    await whileSwapped("file", path.join(job, "a.txt"), "/etc/passwd", async () => {
      for (let tried = 0; isWorthTrying(tried, counts["ours"], counts["is a link"]); tried += 1) {
        const text = await textAt("a.txt");
        counts[text] = (counts[text] ?? 0) + 1;
      }
    });
    expect(Object.keys(counts).filter((text) => !isExpected(text))).toEqual([]);
    expect(counts["ours"]).toBeGreaterThan(0);
    expect(counts["is a link"]).toBeGreaterThan(0);
  });

  test("nothing is opened that lies too deep", async () => {
    const names = Array.from({ length: 200 }, () => "d");
    fs.mkdirSync(path.join(job, ...names), { recursive: true });
    expect(await textAt(...names.slice(0, 120))).toBe("folder");
    expect(await textAt(...names)).toMatch(/^lies more than 128 folders deep$/);
  });

  test("a folder is listed, folders first, links and others as what they are", async () => {
    fs.symlinkSync("/etc", path.join(job, "z-link"));
    makeFifo(path.join(job, "fifo"));
    const { entries, more } = await listed(folder, []);
    expect(entries.map(({ name, type, bytes }) => [name.toString(), type, bytes])).toEqual([
      ["sub", "folder", 0],
      ["a.txt", "file", 4],
      ["fifo", "other", 0],
      ["z-link", "link", 0],
    ]);
    expect(more).toBe(0);
  });

  test("a large folder is listed in part, and the rest counted", async () => {
    const big = path.join(job, "big");
    fs.mkdirSync(big);
    for (let number = 0; number < 3_100; number += 1)
      fs.writeFileSync(path.join(big, `f${10_000 + number}`), "");
    fs.mkdirSync(path.join(big, "zz"));
    const { entries, more } = await listed(folder, ["big"]);
    expect(entries.slice(0, 2).map(({ name }) => name.toString())).toEqual(["zz", "f10000"]);
    expect(entries.at(-1)?.name.toString()).toBe("f10998");
    expect([entries.length, more]).toEqual([1000, 2101]);
  });

  test("a walk meets everything once, enters no link and ends early without leaving anything open", async () => {
    fs.symlinkSync(path.join(scratch, "out"), path.join(job, "sub", "out"));
    const met: string[] = [];
    for await (const step of walkJob(folder)) {
      if (step.kind !== "entries") met.push(`${step.kind} ${step.segments.join("/")}`);
      else for (const { segments } of step.entries) met.push(`entry ${segments.join("/")}`);
    }
    expect(met.sort()).toEqual([
      "entry a.txt",
      "entry sub/deep/b.txt",
      "entry sub/out",
      "folder ",
      "folder sub",
      "folder sub/deep",
    ]);
    for (const last of ["entries", "folder"])
      for await (const { kind } of walkJob(folder)) if (kind === last) break;
  });
});

test("a folder on the way swapped for a link to another is never followed", {}, async () => {
  const scratch = fill(scratchFolder(), {
    "job/sub/b.txt": "inner",
    "out/b.txt": "secret",
    "out/c.txt": "secret",
  });
  const folder = await openJobFolder(Buffer.from(path.join(scratch, "job")));
  const counts: Record<string, number> = {};
  await whileSwapped("folder", path.join(scratch, "job/sub"), path.join(scratch, "out"), async () => {
    for (let tried = 0; isWorthTrying(tried, counts["inner"], counts["is a link"]); tried += 1) {
      const opened = await folder?.open([Buffer.from("sub"), Buffer.from("b.txt")]);
      const text = await textOf(opened);
      counts[text] = (counts[text] ?? 0) + 1;
      if (tried % 10 > 0) continue;
      const list = await folder?.open([Buffer.from("sub")]);
      if (list?.kind === "folder") expect(list.entries.map(({ name }) => name.toString())).toEqual(["b.txt"]);
    }
  });
  await folder?.close();
  expect(Object.keys(counts).filter((text) => text !== "inner" && !isExpected(text))).toEqual([]);
  expect(counts["inner"]).toBeGreaterThan(0);
  expect(counts["is a link"]).toBeGreaterThan(0);
  expect(openBelow(scratch)).toBe(0);
});

test("a job that moves on stays readable", async () => {
  const scratch = fill(scratchFolder(), { "running/job/a.txt": "ours", "done/": "" });
  const folder = await openJobFolder(Buffer.from(path.join(scratch, "running/job")));
  fs.renameSync(path.join(scratch, "running/job"), path.join(scratch, "done/job"));
  expect(await textOf(await folder?.open([Buffer.from("a.txt")]))).toBe("ours");
  await folder?.close();
});

/** On a busy machine it may take longer until both sides of the swap have been met. */
function isWorthTrying(tried: number, opened: number | undefined, refused: number | undefined): boolean {
  return tried < TRIES || (tried < 20 * TRIES && (opened === undefined || refused === undefined));
}

async function textOf(opened: Opened | undefined): Promise<string> {
  if (opened?.kind === "file")
    return await opened.handle.readFile("utf8").finally(() => opened.handle.close());
  return opened?.kind === "refused" ? opened.why : String(opened?.kind);
}

async function listed(folder: JobFolder, names: readonly string[]) {
  const opened = await folder.open(names.map((name) => Buffer.from(name)));
  if (opened.kind !== "folder") throw new Error(opened.kind);
  return opened;
}

/** Results of opening something that is being swapped. */
function isExpected(text: string): boolean {
  return ["ours", "absent", "is a link"].includes(text);
}
