import { spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import type http from "node:http";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { openPromise } from "yauzl";
import { readInputs, writeInputs } from "../../../src/queue/books/job-records.ts";
import { planClean } from "../../../src/queue/submit/clean-job.ts";
import { openBelow } from "../../support/open-files.ts";
import { fill, makeFifo, withSocket } from "../../support/scratch.ts";
import { toolOrSkip } from "../../support/tools.ts";
import { until } from "../../support/until.ts";
import { ServedFiles } from "../files/files-fixture.ts";
import { zipEntries } from "../files/zip-entries.ts";

const NOTES = "job/QM_not_included.txt";
const MANY = 3_000;
const LONG_AGO = new Date("1950-01-01T00:00:00Z");

let served: ServedFiles;
let job: string;

beforeEach(async () => {
  served = await ServedFiles.start();
  job = served.put(
    "finished",
    "job",
    {},
    { "a.txt": "hello\n", "sub/b.log": "inner", "empty/": "", ".qm/job.json": "{}" },
  );
});

async function nothingStaysOpen(): Promise<void> {
  await until("every file to be closed", () => openBelow(served.base) === 0);
}

/** The texts of a zip's entries, read back with all its checks, by a second program too. */
async function unpacked(zip: Buffer): Promise<Map<string, string>> {
  const file = path.join(served.base, "out.zip");
  fs.writeFileSync(file, zip);
  if (toolOrSkip("python3")) {
    const tested = spawnSync("python3", ["-m", "zipfile", "-t", file], { encoding: "utf8" });
    expect([tested.status, tested.stdout]).toEqual([0, "Done testing\n"]);
  }
  return await zipEntries(file);
}

async function zipOf(address: string): Promise<Map<string, string>> {
  const { status, body } = await served.get(address);
  expect(status).toBe(200);
  return await unpacked(body);
}

describe("a job as a zip", () => {
  test("holds all of its folder below the job's name, and nothing stays open", async () => {
    const { headers, body } = await served.get("/download/job");
    expect(headers).toMatchObject({
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="job.zip"; filename*=UTF-8''job.zip`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    expect(Object.fromEntries(await unpacked(body))).toEqual({
      "job/": "",
      "job/.qm/": "",
      "job/.qm/job.json": "{}",
      "job/a.txt": "hello\n",
      "job/empty/": "",
      "job/sub/": "",
      "job/sub/b.log": "inner",
    });
    await nothingStaysOpen();
  });

  test("keeps what may be run as such", async () => {
    fs.chmodSync(path.join(job, "a.txt"), 0o755);
    const { body } = await served.get("/download/job");
    const file = path.join(served.base, "out.zip");
    fs.writeFileSync(file, body);
    const opened = await openPromise(file);
    for await (const entry of opened.eachEntry()) {
      if (entry.fileName === "job/a.txt")
        expect((entry.externalFileAttributes >>> 16).toString(8)).toBe("100755");
    }
  });

  test("is of the finished job where others have its name", async () => {
    for (const stage of ["queue", "running", "lost"] as const)
      fill(served.layout[stage], { "job/a.txt": stage, "other/a.txt": stage });
    expect((await zipOf("/download/job")).get("job/a.txt")).toBe("hello\n");
    expect((await zipOf("/download/other")).get("other/a.txt")).toBe("lost");
  });

  test("holds only what the job wrote when that is asked for", async () => {
    writeInputs(job);
    fill(job, { "new.txt": "new", "sub/new.log": "new", "made/deep.txt": "new", "process.log": "log" });
    fill(job, { "process.1.log": "old", "QM_status.txt": "DONE" });
    fs.writeFileSync(Buffer.concat([Buffer.from(`${job}/`), Buffer.from("caf\xe9", "latin1")]), "latin");
    const { headers, body } = await served.get("/download/job?only=results");
    expect(headers["content-disposition"]).toContain(`filename="job-results.zip"`);
    const names = [...(await unpacked(body)).keys()].sort();
    const inputs = readInputs(job);
    if (inputs === undefined) throw new Error("no inputs");
    const written = planClean(job, inputs).written.map((relative) => `job/${relative.toString("latin1")}`);
    expect(names.map((name) => name.replace(/\/$/, ""))).toEqual(
      ["job", ...written, "job/process.log", "job/QM_status.txt"].sort(),
    );
  });

  test("holds an input too that the job has changed", async () => {
    writeInputs(job);
    fs.appendFileSync(path.join(job, "a.txt"), "more\n");
    const found = await zipOf("/download/job?only=results");
    expect([...found.keys()]).toEqual(["job/", "job/a.txt"]);
    expect(found.get("job/a.txt")).toBe("hello\nmore\n");
  });

  test("is all but the record where nobody knows what the job wrote", async () => {
    const names = [...(await zipOf("/download/job?only=results")).keys()].sort();
    expect(names).toEqual(["job/", "job/a.txt", "job/empty/", "job/sub/", "job/sub/b.log"]);
  });

  test("is announced for HEAD", async () => {
    const { status, headers, body } = await served.get("/download/job", "HEAD");
    expect([status, headers["content-type"], body.length]).toEqual([200, "application/zip", 0]);
    await nothingStaysOpen();
  });

  test.each([
    ["/download/none", 404],
    ["/download/..", 400],
    ["/download/%2e%2e", 400],
    ["/download/%2fetc", 400],
    ["/download/job%00", 400],
    ["/download/%252e%252e", 404],
    ["/download/linked", 404],
    ["/download/.qm", 404],
  ])("is not given for %s", async (address, status) => {
    fs.symlinkSync("/etc", path.join(served.layout.finished, "linked"));
    expect((await served.get(address)).status).toBe(status);
  });
});

describe("a zip of a hostile folder", () => {
  test("leaves links, FIFOs, sockets and devices out and tells so", async () => {
    fs.symlinkSync("/etc/passwd", path.join(job, "passwd"));
    fs.symlinkSync("/etc", path.join(job, "etc"));
    makeFifo(path.join(job, "fifo"));
    let zipped: Promise<Map<string, string>> | undefined;
    await withSocket(path.join(job, "socket"), () => {
      zipped = zipOf("/download/job");
    });
    const entries = await zipped;
    expect([...(entries?.keys() ?? [])].filter((name) => /passwd|etc|fifo|socket/.test(name))).toEqual([]);
    const notes = entries?.get(NOTES);
    for (const line of ["passwd: is a link", "etc: is a link", "fifo: is a FIFO"])
      expect(notes).toContain(line);
  });

  test("makes names harmless and gives each once", async () => {
    const names = ["..\\..\\evil", "C:evil", "new\nline", "new\x01line", "gpj.\u202eexe", "..."];
    for (const name of names) fs.writeFileSync(path.join(job, name), name);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${job}/`), Buffer.from([0xe9])]), "latin");
    fs.writeFileSync(path.join(job, "é"), "utf8");
    const given = [...(await zipOf("/download/job")).keys()];
    for (const name of [".._.._evil", "C_evil", "new_line", "new_line-2", "gpj._exe", "___", "é", "é-2"])
      expect(given).toContain(`job/${name}`);
  });

  test("of a job with a hostile name is below a harmless one", async () => {
    served.put("finished", "C:\\..\\..\\evil\n", {}, { f: "text" });
    const { headers, body } = await served.get("/download/C%3A%5C..%5C..%5Cevil%0A");
    expect([...(await unpacked(body)).keys()]).toEqual(["C__.._.._evil_/", "C__.._.._evil_/f"]);
    expect(headers["content-disposition"]).toMatch(/^attachment; filename="C__.._.._evil_.zip"; /);
  });

  test("is whole though times lie before and after what a zip can tell", async () => {
    fs.utimesSync(path.join(job, "a.txt"), LONG_AGO, LONG_AGO);
    fs.utimesSync(path.join(job, "sub"), 1e10, 1e10);
    expect((await zipOf("/download/job")).get("job/a.txt")).toBe("hello\n");
  });

  test("is whole though folders lie too deep and paths are too long", async () => {
    fs.mkdirSync(path.join(job, ...Array.from({ length: 200 }, () => "d")), { recursive: true });
    const notes = (await zipOf("/download/job")).get(NOTES);
    expect(notes).toMatch(/d\/d: lies more than 128 folders deep$/m);
  });

  test("keeps the notes apart from a file of that name", async () => {
    fs.symlinkSync("x", path.join(job, "link"));
    fs.writeFileSync(path.join(job, "QM_not_included.txt"), "the job's own");
    const entries = await zipOf("/download/job");
    expect(entries.get(NOTES)).toBe("the job's own");
    expect(entries.get(`${NOTES}-2`)).toContain("link: is a link");
  });
});

test.each(["only=evil", "only=", "only=results&only=results"])("a zip of %s is refused", async (query) => {
  const { status, text } = await served.get(`/download/job?${query}`);
  expect([status, text]).toEqual([400, "only: it can be «results».\n"]);
});

describe("a zip of a folder that changes meanwhile", () => {
  /** Starts a download and reads nothing of it yet: the server soon waits for the client. */
  async function begun(localAddress?: string): Promise<http.IncomingMessage> {
    const request = served.ask("/download/job", "GET", localAddress === undefined ? {} : { localAddress });
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    return response;
  }

  async function rest(response: http.IncomingMessage): Promise<Map<string, string>> {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return await unpacked(Buffer.concat(chunks));
  }

  /** So much that it does not fit between server and client. */
  function fillWithNoise(): void {
    const noise = Buffer.alloc(8 * 1024);
    for (let number = 0; number < MANY; number += 1)
      fs.writeFileSync(path.join(job, `f${number}`), crypto.getRandomValues(noise));
  }

  test("files vanish and FIFOs, links and folders take their places", async () => {
    fillWithNoise();
    const response = await begun();
    for (let number = 0; number < MANY; number += 1) {
      const file = path.join(job, `f${number}`);
      fs.rmSync(file);
      if (number % 30 === 0) makeFifo(file);
      if (number % 30 === 1) fs.symlinkSync("/etc/passwd", file);
      if (number % 30 === 2) fs.mkdirSync(file);
    }
    const entries = await rest(response);
    const notes = entries.get(NOTES) ?? "";
    for (const what of ["has vanished", "is a FIFO", "is a link", "was replaced by a folder"])
      expect(notes).toContain(what);
    expect([...entries.values()].filter((text) => text.includes("root:"))).toEqual([]);
    await nothingStaysOpen();
  });

  test("a file grows and another shrinks while each is read", async () => {
    const bytes = 24 * 1024 * 1024;
    for (const name of ["grows", "shrinks"]) {
      fs.rmSync(job, { recursive: true });
      fs.mkdirSync(job);
      const noise = crypto.getRandomValues(new Uint8Array(65_536));
      const handle = fs.openSync(path.join(job, name), "w");
      for (let at = 0; at < bytes; at += noise.length) fs.writeSync(handle, noise);
      fs.closeSync(handle);
      const response = await begun();
      // By then its size has been asked for, and most of it is still to be read.
      await until("the file's beginning", () => response.readableLength > 10_000);
      if (name === "grows") fs.appendFileSync(path.join(job, name), "more");
      else fs.truncateSync(path.join(job, name), 10);
      const entries = await rest(response);
      const notes = entries.get(NOTES);
      const length = entries.get(`job/${name}`)?.length ?? 0;
      if (name === "grows")
        expect(notes).toContain(`grows: grew while it was read: only its first ${bytes} bytes`);
      else expect(notes).toContain("shrinks: became shorter or unreadable while it was read: only its first");
      expect(length).toBeGreaterThan(0);
      await nothingStaysOpen();
    }
  });

  test("a client that goes away frees everything, though most is still to come", async () => {
    const endless = path.join(job, "endless");
    fs.writeFileSync(endless, "");
    fs.truncateSync(endless, 2 ** 36);
    const response = await begun();
    await until("the file to be opened", () => openBelow(endless) === 1);
    response.destroy();
    await nothingStaysOpen();
  });

  test("a fifth at once is told to come again, and may when one has ended", async () => {
    fillWithNoise();
    const others = ["127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3"];
    const four = await Promise.all(others.map((address) => begun(address)));
    const fifth = await served.get("/download/job");
    expect([fifth.status, fifth.headers["retry-after"]]).toEqual([503, "10"]);
    for (const response of four) response.destroy();
    await nothingStaysOpen();
    expect((await served.get("/download/job", "HEAD")).status).toBe(200);
  });

  test("a third at once for the same address is told to come again, while others have theirs", async () => {
    fillWithNoise();
    const two = await Promise.all([begun(), begun()]);
    expect((await begun()).statusCode).toBe(503);
    expect((await begun("127.0.0.2")).statusCode).toBe(200);
    for (const response of two) response.destroy();
  });

  test("those who take nothing of it give their places to others", async () => {
    served = await ServedFiles.start({ pace: { bytes: 64 * 1024, withinMs: 300 } });
    job = served.put("finished", "job", {}, {});
    fillWithNoise();
    const stalled = await Promise.all([begun(), begun()]);
    for (const response of stalled) response.on("error", () => {});
    await until("a place", async () => (await served.get("/download/job", "HEAD")).status === 200);
    await nothingStaysOpen();
  });

  test("its making takes no more memory than a little", async () => {
    const big = path.join(job, "big");
    fs.writeFileSync(big, "");
    fs.truncateSync(big, 256 * 1024 * 1024);
    const response = await begun();
    let received = 0;
    let mostBytes = 0;
    const before = process.memoryUsage().rss;
    for await (const chunk of response) {
      received += (chunk as Buffer).length;
      mostBytes = Math.max(mostBytes, process.memoryUsage().rss - before);
    }
    expect(received).toBeGreaterThan(100_000);
    expect(mostBytes).toBeLessThan(100 * 1024 * 1024);
  });
});
