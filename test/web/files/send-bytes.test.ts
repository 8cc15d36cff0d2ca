import { once } from "node:events";
import fs from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { Writable } from "node:stream";
import express, { type Response } from "express";
import { expect, test } from "vitest";
import { ZipFile } from "yazl";
import { openJobFolder } from "../../../src/disk/job-files.ts";
import { type WalkedEntry, walkJob } from "../../../src/queue/files/job-results.ts";
import { sendBytes } from "../../../src/web/files/send-bytes.ts";
import { writeZip, ZipFilling } from "../../../src/web/files/zip.ts";
import { openBelow } from "../../support/open-files.ts";
import { fill, scratchFolder } from "../../support/scratch.ts";

/** Answers one request whose client is gone already. */
async function answerTheGone(answer: (response: Response) => Promise<void>): Promise<void> {
  const { promise, resolve, reject } = withResolvers();
  const app = express().use(async (_request, response) => {
    client.destroy();
    await once(response, "close");
    await answer(response).then(resolve, reject);
  });
  const server = http.createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = http.get({ port: (server.address() as AddressInfo).port }).on("error", () => {});
  await promise.finally(() => server.close());
}

function withResolvers() {
  let resolve = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

test("sending to a client that is gone already ends", async () => {
  const file = path.join(fill(scratchFolder(), { f: "text" }), "f");
  const handle = await fs.open(file);
  const close = () => handle.close();
  const about = { bytes: 4, mtimeMs: 0, mode: 0o644 };
  const opened = { kind: "file", handle, ...about, [Symbol.asyncDispose]: close } as const;
  await answerTheGone((response) => sendBytes(response, opened, { start: 0, end: 4 }));
  await handle.close();
});

test("packing for a client that is gone already ends before all is packed", async () => {
  const job = path.join(fill(scratchFolder(), { "job/f": "" }), "job");
  await fs.truncate(path.join(job, "f"), 2 ** 36);
  const folder = await openJobFolder(Buffer.from(job));
  if (folder === undefined) throw new Error("the job's folder does not open");
  const place = { name: Buffer.from("job"), folder };
  await answerTheGone((response) => writeZip({ place, findWanted: async () => () => true }, response));
  await folder.close();
  expect(openBelow(job)).toBe(0);
});

test("a zip begins before it is known what goes into it", async () => {
  const job = path.join(fill(scratchFolder(), { "job/f": "text" }), "job");
  const folder = await openJobFolder(Buffer.from(job));
  if (folder === undefined) throw new Error("the job's folder does not open");
  const { promise: begun, resolve: begin } = withResolvers();
  const chunks: Buffer[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      begin();
      done();
    },
  });
  const findWanted = async () => {
    await begun;
    return () => true;
  };
  await writeZip({ place: { name: Buffer.from("job"), folder }, findWanted }, output);
  await folder.close();
  expect(Buffer.concat(chunks).includes("job/f")).toBe(true);
});

test("files that are not wanted are not opened", async () => {
  const job = path.join(fill(scratchFolder(), { "job/input": "given", "job/result": "new" }), "job");
  const folder = await openJobFolder(Buffer.from(job));
  if (folder === undefined) throw new Error("the job's folder does not open");
  const opened: string[] = [];
  for await (const met of walkJob(folder)) {
    if (met.kind !== "entries") continue;
    const watched = met.entries.map((entry) => ({ ...entry, find: () => noting(entry, opened) }));
    const filling = new ZipFilling(new ZipFile(), Buffer.from("job"), new AbortController().signal);
    await filling.addEntries(watched, (relative) => relative.toString() === "result");
  }
  await folder.close();
  expect(opened).toEqual(["result"]);
});

async function noting({ segments, find }: WalkedEntry, opened: string[]) {
  const found = await find();
  if (found.kind !== "found") return found;
  const open = () => {
    opened.push(segments.join("/"));
    return found.open();
  };
  return { ...found, open };
}
