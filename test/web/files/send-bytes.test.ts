import { once } from "node:events";
import fs from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import express, { type Response } from "express";
import { expect, test } from "vitest";
import { openJobFolder } from "../../../src/folders/job-files.ts";
import { sendBytes } from "../../../src/web/files/send-bytes.ts";
import { writeZip } from "../../../src/web/files/zip.ts";
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
  await answerTheGone((response) => sendBytes(response, { kind: "file", handle, bytes: 4, mtimeMs: 0 }));
  await handle.close();
});

test("packing for a client that is gone already ends before all is packed", async () => {
  const job = path.join(fill(scratchFolder(), { "job/f": "" }), "job");
  await fs.truncate(path.join(job, "f"), 2 ** 36);
  const folder = await openJobFolder(Buffer.from(job));
  if (folder === undefined) throw new Error("the job's folder does not open");
  const place = { name: Buffer.from("job"), folder };
  await answerTheGone((response) => writeZip({ place, isWanted: () => true }, response));
  await folder.close();
  expect(openBelow(job)).toBe(0);
});
