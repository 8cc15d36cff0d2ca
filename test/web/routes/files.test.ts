import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import type http from "node:http";
import net from "node:net";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { openBelow } from "../../support/open-files.ts";
import { makeFifo, rootOrSkip } from "../../support/scratch.ts";
import { whileSwapped } from "../../support/swapping.ts";
import { toolOrSkip } from "../../support/tools.ts";
import { until } from "../../support/until.ts";
import { ServedFiles } from "../files/files-fixture.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000", "hex");
const SECRET = "root:";
/** Parts of a name that may not stand on a page as they are. */
const LIVE = ["<script", 'q"', "\u202e", "\x1b"];

let served: ServedFiles;
let job: string;

beforeEach(async () => {
  served = await ServedFiles.start();
  job = served.put("finished", "job", {}, { "a.txt": "hello\n", "sub/b.log": "inner", ".qm/job.json": "{}" });
});

async function nothingStaysOpen(): Promise<void> {
  await until("every file to be closed", () => openBelow(served.base) === 0);
}

describe("the bytes of a file", () => {
  test("are sent whole, as text that no browser runs, guesses at or keeps", async () => {
    const { status, headers, text } = await served.get("/raw/QM_dJobs/job/sub/b.log");
    expect([status, text]).toEqual([200, "inner"]);
    expect(headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `inline; filename="b.log"; filename*=UTF-8''b.log`,
      "content-length": "5",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    await nothingStaysOpen();
  });

  test("are an attachment when that is asked for", async () => {
    const { headers } = await served.get("/raw/QM_dJobs/job/a.txt?download");
    expect(headers["content-disposition"]).toMatch(/^attachment;/);
  });

  test("are counted for HEAD, and not sent", async () => {
    const { status, headers, body } = await served.get("/raw/QM_dJobs/job/a.txt", "HEAD");
    expect([status, headers["content-length"], body.length]).toEqual([200, "6", 0]);
    await nothingStaysOpen();
  });

  test("of an image are shown, if it is one by its ending and its first bytes", async () => {
    fs.writeFileSync(path.join(job, "a.png"), PNG);
    fs.writeFileSync(path.join(job, "fake.png"), "<script>alert(1)</script>");
    const image = await served.get("/raw/QM_dJobs/job/a.png");
    expect([image.headers["content-type"], image.body]).toEqual(["image/png", PNG]);
    expect(image.headers["content-disposition"]).toMatch(/^inline;/);
    const fake = await served.get("/raw/QM_dJobs/job/fake.png");
    expect(fake.headers["content-type"]).toBe("application/octet-stream");
  });

  test.each([
    ["x.html", "<script>alert(1)</script>"],
    ["x.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`],
    ["x.xml", "<?xml version='1.0'?><a/>"],
    ["x.js", "alert(1)"],
    ["x.pdf", "%PDF-1.4"],
    ["x.txt", "<!doctype html><script>alert(1)</script>"],
    ["x", "\n<html><script>alert(1)</script>"],
  ])("of %s are never a page", async (name, text) => {
    fs.writeFileSync(path.join(job, name), text);
    const { headers, text: sent } = await served.get(`/raw/QM_dJobs/job/${name}`);
    expect(sent).toBe(text);
    expect(headers["content-type"]).toBe("application/octet-stream");
    expect(headers["content-disposition"]).toMatch(/^attachment;/);
    expect(headers["content-security-policy"]).toBe("sandbox; default-src 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  test("of a file in each folder of jobs are found", async () => {
    for (const stage of ["queue", "running", "lost"] as const) {
      fs.mkdirSync(path.join(served.layout[stage], stage));
      fs.writeFileSync(path.join(served.layout[stage], stage, "f"), stage);
    }
    expect((await served.get("/raw/QM_qJobs/queue/f")).text).toBe("queue");
    expect((await served.get("/raw/QM_Jobs/running/f")).text).toBe("running");
    expect((await served.get("/raw/QM_lost+found/lost/f")).text).toBe("lost");
    expect((await served.get("/raw/QM_lost%2Bfound/lost/f")).text).toBe("lost");
  });

  test("of a folder are its page", async () => {
    const { status, headers } = await served.get("/raw/QM_dJobs/job/sub");
    expect([status, headers.location]).toEqual([302, "/view/QM_dJobs/job/sub"]);
  });
});

describe("a part of a file", () => {
  const ADDRESS = "/raw/QM_dJobs/job/digits";

  beforeEach(() => fs.writeFileSync(path.join(job, "digits"), "0123456789"));

  test.each([
    ["bytes=4-", "456789", "bytes 4-9/10"],
    ["bytes=4-6", "456", "bytes 4-6/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
  ])("is sent for %s", async (range, text, place) => {
    const answer = await served.get(ADDRESS, "GET", { Range: range });
    expect([answer.status, answer.text]).toEqual([206, text]);
    expect(answer.headers).toMatchObject({
      "content-range": place,
      "content-length": String(text.length),
      "accept-ranges": "bytes",
      "content-security-policy": "sandbox; default-src 'none'",
    });
    await nothingStaysOpen();
  });

  test.each(["bytes=1-2,5-6", "lines=1-2", "bytes=nonsense"])(
    "is not sent for %s: the whole is",
    async (range) => {
      const answer = await served.get(ADDRESS, "GET", { Range: range });
      expect([answer.status, answer.text]).toEqual([200, "0123456789"]);
      expect(answer.headers["content-range"]).toBeUndefined();
    },
  );

  test.each(["bytes=10-", "bytes=99-100", "bytes=-0"])("behind its end is refused: %s", async (range) => {
    const { status, headers, text } = await served.get(ADDRESS, "GET", { Range: range });
    expect([status, headers["content-range"]]).toEqual([416, "bytes */10"]);
    expect(text).toBe("The file has 10 bytes: it ends before what was asked for.\n");
    await nothingStaysOpen();
  });

  test("is sent only while the file is the one that the first part was of", async () => {
    const tag = (await served.get(ADDRESS)).headers.etag ?? "";
    expect(tag).toMatch(/^"[\w-]+"$/);
    const rest = { Range: "bytes=4-", "If-Range": tag };
    expect((await served.get(ADDRESS, "GET", rest)).status).toBe(206);
    const { mtime } = fs.statSync(path.join(job, "digits"));
    fs.writeFileSync(path.join(job, "digits"), "abcdefghij");
    fs.utimesSync(path.join(job, "digits"), mtime, mtime);
    const other = await served.get(ADDRESS, "GET", rest);
    expect([other.status, other.text]).toEqual([200, "abcdefghij"]);
    expect(other.headers.etag).not.toBe(tag);
  });

  test("goes on a download that broke off, with curl", async () => {
    if (!toolOrSkip("curl")) return;
    const file = path.join(served.base, "download");
    const bytes = randomBytes(300_000);
    fs.writeFileSync(path.join(job, "digits"), bytes);
    fs.writeFileSync(file, bytes.subarray(0, 123_456));
    const curl = spawn("curl", ["-sSf", "-C", "-", "-o", file, `http://127.0.0.1:${served.port}${ADDRESS}`]);
    expect(await once(curl, "exit")).toEqual([0, null]);
    expect(fs.readFileSync(file).equals(bytes)).toBe(true);
  });
});

describe("attacks by address", () => {
  const addresses: readonly (readonly [address: string, status: number])[] = [
    ["/raw/QM_dJobs/job/../../../secret", 400],
    ["/raw/QM_dJobs/job/%2e%2e/%2e%2e/%2e%2e/secret", 400],
    ["/raw/QM_dJobs/job/..%2f..%2f..%2fsecret", 400],
    ["/raw/QM_dJobs/job/%252e%252e/%252e%252e/secret", 404],
    ["/raw/QM_dJobs/job/..%252f..%252fsecret", 404],
    ["/raw/QM_dJobs/job/..%5c..%5csecret", 404],
    ["/raw/QM_dJobs/../../secret", 400],
    ["/raw/QM_dJobs/%2e%2e/secret", 400],
    ["/raw/../secret", 400],
    ["/raw/QM_dJobs/job//etc/passwd", 400],
    ["/raw/QM_dJobs//etc/passwd", 400],
    ["/raw//etc/passwd", 400],
    ["/raw/QM_dJobs/job/%2fetc%2fpasswd", 400],
    ["/raw/QM_dJobs/%2fetc%2fpasswd", 400],
    ["/raw/QM_dJobs/job/a.txt%00", 400],
    ["/raw/QM_dJobs/job/a.txt%00.png", 400],
    ["/raw/QM_dJobs/job/%", 400],
    ["/raw/QM_dJobs/job/%c0%ae%c0%ae/%c0%ae%c0%ae/secret", 404],
    ["/raw/QM_dJobs/job/%ff", 404],
    ["/raw/.qm/api-token", 404],
    ["/raw/QM_dJobs", 404],
    ["/raw/QM_dJobs/none/a.txt", 404],
    ["/raw/QM_dJobs/.trash/a.txt", 404],
    [`/raw/QM_dJobs/job/${"x".repeat(300)}`, 404],
    [`/raw/QM_dJobs/job${"/d".repeat(2000)}`, 403],
  ];
  const cases = addresses.map(([address, expected]) => ({ title: address.slice(0, 80), address, expected }));

  test.each(cases)("$title", async ({ address, expected }) => {
    fs.writeFileSync(path.join(served.base, "secret"), SECRET);
    fs.writeFileSync(path.join(served.layout.root, "secret"), SECRET);
    fs.mkdirSync(served.layout.state, { recursive: true });
    fs.writeFileSync(served.layout.apiToken, SECRET);
    served.put("finished", ".trash", {}, { "a.txt": SECRET });
    for (const how of ["/raw", "/view"]) {
      const { status, text } = await served.get(address.replace("/raw", how));
      expect(text).not.toContain(SECRET);
      expect(status).toBe(expected);
    }
    await nothingStaysOpen();
  });
});

describe("attacks by what lies in the folder", () => {
  test("a job that is a link is unknown", async () => {
    fs.symlinkSync("/etc", path.join(served.layout.finished, "linked"));
    expect((await served.get("/raw/QM_dJobs/linked/passwd")).status).toBe(404);
    expect((await served.get("/view/QM_dJobs/linked")).status).toBe(404);
  });

  test("links and FIFOs are refused with the reason, at once", async () => {
    fs.symlinkSync("/etc/passwd", path.join(job, "passwd"));
    fs.symlinkSync("/etc", path.join(job, "etc"));
    makeFifo(path.join(job, "fifo"));
    const refused = { passwd: "is a link", "etc/passwd": "is a link", fifo: "is a FIFO" };
    for (const [file, why] of Object.entries(refused)) {
      expect(await served.get(`/raw/QM_dJobs/job/${file}`)).toMatchObject({
        status: 403,
        text: `It ${why}.\n`,
      });
      const page = await served.get(`/view/QM_dJobs/job/${file}`);
      expect([page.status, page.text.includes(`it ${why}`)]).toEqual([403, true]);
    }
  });

  test.runIf(rootOrSkip())("devices are refused with the reason, at once", async () => {
    expect(spawnSync("mknod", [path.join(job, "zero"), "c", "1", "5"]).status).toBe(0);
    expect((await served.get("/raw/QM_dJobs/job/zero")).text).toBe("It is a device.\n");
  });

  test("a file swapped for a link while it is asked for", async () => {
    const seen = new Set<string>();
    await whileSwapped("file", path.join(job, "a.txt"), "/etc/passwd", async () => {
      for (let tried = 0; tried < 2000 || seen.size < 2; tried += 1)
        seen.add((await served.get("/raw/QM_dJobs/job/a.txt")).text);
    });
    expect([...seen].sort()).toEqual(["It is a link.\n", "ours"]);
    await nothingStaysOpen();
  });

  test.each([
    `q"uote';x=1`,
    "new\nline\r\nSet-Cookie: a=b",
    "<script>alert(1)<",
    "javascript:alert(1)",
    "gpj.\u202eexe",
    "\x1b[31m\x07",
    "%2e%2e%2f",
    "日".repeat(85),
  ])("the name %j", async (name) => {
    fs.writeFileSync(path.join(job, name), "text");
    const page = await served.get("/view/QM_dJobs/job");
    const href = hrefs(page.text).find((found) => !/\/(?:sub|\.qm|a\.txt|job)$/.test(found));
    expect(href).toMatch(/^\/view\/QM_dJobs\/job\/[\x21-\x7e]+$/);
    for (const live of LIVE) expect(page.text).not.toContain(live);
    const view = await served.get(String(href));
    expect([view.status, view.text.includes("text</pre>")]).toEqual([200, true]);
    for (const live of LIVE) expect(view.text).not.toContain(live);
    const raw = await served.get(String(href).replace("/view/", "/raw/"));
    expect(raw.text).toBe("text");
    expect(raw.headers["set-cookie"]).toBeUndefined();
    expect(raw.headers["content-disposition"]).toMatch(
      /^inline; filename="[\w .-]+"; filename\*=UTF-8''[\w.~!%-]+$/,
    );
  });

  test("a name that is not UTF-8", async () => {
    fs.writeFileSync(Buffer.concat([Buffer.from(`${job}/`), Buffer.from([0xe9, 0x80])]), "text");
    const page = await served.get("/view/QM_dJobs/job");
    expect(hrefs(page.text)).toContain("/view/QM_dJobs/job/%E9%80");
    expect((await served.get("/raw/QM_dJobs/job/%E9%80")).text).toBe("text");
  });

  test("a job whose name is not UTF-8 is found by its bytes and as it is shown", async () => {
    const folder = Buffer.concat([
      Buffer.from(`${served.layout.finished}/`),
      Buffer.from("caf\xe9", "latin1"),
    ]);
    fs.mkdirSync(folder);
    fs.writeFileSync(Buffer.concat([folder, Buffer.from("/f")]), "text");
    expect((await served.get("/raw/QM_dJobs/caf%E9/f")).text).toBe("text");
    expect((await served.get("/raw/QM_dJobs/caf%C3%A9/f")).text).toBe("text");
    served.put("finished", "A", {}, { f: "other" });
    expect((await served.get(`/raw/QM_dJobs/${encodeURIComponent("\u0141")}/f`)).status).toBe(404);
  });
});

describe("a file that changes while it is sent", () => {
  const BYTES = 64 * 1024 * 1024;

  /** Asks for a large file and waits until the client's and the server's buffers are full. */
  async function halfRead(): Promise<http.IncomingMessage> {
    fs.writeFileSync(path.join(job, "big.bin"), "\0");
    fs.truncateSync(path.join(job, "big.bin"), BYTES);
    const request = served.ask("/raw/QM_dJobs/job/big.bin");
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    return response;
  }

  async function received(response: http.IncomingMessage): Promise<number> {
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    return bytes;
  }

  test("grown, it is sent up to the size that was told", async () => {
    const response = await halfRead();
    fs.appendFileSync(path.join(job, "big.bin"), "more");
    expect(response.headers["content-length"]).toBe(String(BYTES));
    expect(await received(response)).toBe(BYTES);
    await nothingStaysOpen();
  });

  test("shrunk, it breaks off rather than being filled up", async () => {
    const response = await halfRead();
    fs.truncateSync(path.join(job, "big.bin"), 10);
    await expect(received(response)).rejects.toThrow("aborted");
    await nothingStaysOpen();
  });

  test("shrunk, the next answer on its connection is not taken for the rest of it", async () => {
    (await halfRead()).destroy();
    await nothingStaysOpen();
    const socket = net.connect(served.port, "127.0.0.1").pause();
    const asked = ["big.bin", "a.txt"].map(
      (file) => `GET /raw/QM_dJobs/job/${file} HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    socket.write(asked.join(""));
    await until("the file to be opened", () => openBelow(path.join(job, "big.bin")) === 1);
    await served.get("/raw/QM_dJobs/job/sub/b.log");
    // Its turn may never come.
    expect(openBelow(path.join(job, "a.txt"))).toBe(0);
    fs.truncateSync(path.join(job, "big.bin"), 10);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", () => {});
    socket.resume();
    await once(socket, "close");
    expect(Buffer.concat(chunks).includes("hello")).toBe(false);
    await nothingStaysOpen();
  });

  test("given up by its reader, it is closed", async () => {
    const response = await halfRead();
    expect(openBelow(served.base)).toBe(1);
    response.destroy();
    await nothingStaysOpen();
  });
});

describe("the page of a file or folder", () => {
  test("lists a folder with links, sizes and times", async () => {
    fs.symlinkSync("a.txt", path.join(job, "link"));
    const { status, text } = await served.get("/view/QM_dJobs/job/");
    expect(status).toBe(200);
    expect(hrefs(text)).toEqual([
      "/jobs/job",
      "/view/QM_dJobs/job/.qm",
      "/view/QM_dJobs/job/sub",
      "/view/QM_dJobs/job/a.txt",
    ]);
    expect(text).toContain("6 bytes");
    expect(text).toContain("a link, not followed");
    expect(text).toMatch(/<time datetime="\d{4}-/);
  });

  test("shows a text, escaped, with its controls visible", async () => {
    fs.writeFileSync(path.join(job, "t.svg"), Buffer.from("<svg>&\t\x1b[1m\r\nnext \u202e \xe9", "utf8"));
    fs.appendFileSync(path.join(job, "t.svg"), Buffer.from([0xe9, 0x20]));
    const { text } = await served.get("/view/QM_dJobs/job/t.svg");
    expect(text).toContain("&lt;svg&gt;&amp;\t\\x1b[1m\nnext \\u202e é\ufffd </pre>");
    expect(hrefs(text)).toContain("/raw/QM_dJobs/job/t.svg?download");
  });

  test("shows the beginning of a long text and says so", async () => {
    fs.writeFileSync(path.join(job, "long.txt"), `${"x".repeat(600_000)}end`);
    const { text } = await served.get("/view/QM_dJobs/job/long.txt");
    expect(text).toContain("Only the first 524.3 kB of 600.0 kB are shown");
    expect(text).not.toContain("xend");
    expect(text.length).toBeLessThan(530_000);
  });

  test("shows an image by its own address, and of all else its size", async () => {
    fs.writeFileSync(path.join(job, "a.png"), PNG);
    fs.writeFileSync(path.join(job, "b.bin"), PNG);
    expect((await served.get("/view/QM_dJobs/job/a.png")).text).toContain(`src="/raw/QM_dJobs/job/a.png"`);
    const binary = await served.get("/view/QM_dJobs/job/b.bin");
    expect(binary.text).toContain("10 bytes");
    expect(binary.text).not.toContain("<img");
  });

  test("says where a way leads nowhere", async () => {
    const { status, text } = await served.get("/view/QM_dJobs/job/sub/none");
    expect(status).toBe(404);
    expect(text).toContain("There is no such file.");
    expect(hrefs(text)).toEqual(["/jobs/job", "/view/QM_dJobs/job", "/view/QM_dJobs/job/sub", "/jobs/job"]);
    await nothingStaysOpen();
  });
});

/** The links of a page, the one to the front page left out. */
function hrefs(page: string): string[] {
  return [...page.matchAll(/href="([^"]*)"/g)]
    .map((match) => String(match[1]).replaceAll("&#39;", "'"))
    .filter((href) => href !== "/");
}
