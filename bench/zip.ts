/**
 * The time that a zip of many small results takes, beside the program `zip` on the same folder. Prints one JSON value.
 * `npx tsx bench/zip.ts [FILES] [ROUNDS]`; needs the program `zip`.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import { openJobFolder } from "../src/disk/job-files.ts";
import { writeZip } from "../src/web/files/zip.ts";
import { median } from "./figure.ts";

const files = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 3);

async function packed(job: string): Promise<number> {
  const folder = await openJobFolder(Buffer.from(job));
  if (folder === undefined) throw new Error(`${job} does not open`);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const startMs = performance.now();
  await writeZip(
    { place: { name: Buffer.from("job"), folder }, findWanted: async () => () => true },
    nowhere,
  );
  const seconds = (performance.now() - startMs) / 1000;
  await folder.close();
  return seconds;
}

function packedByZip(job: string): number {
  const startMs = performance.now();
  const { status } = spawnSync("zip", ["-q", "-r", "-", "."], { cwd: job, maxBuffer: 1e9 });
  if (status !== 0) throw new Error("zip failed");
  return (performance.now() - startMs) / 1000;
}

const job = fs.mkdtempSync(path.join(os.tmpdir(), "qm-zip-"));
try {
  for (let number = 0; number < files; number += 1)
    fs.writeFileSync(path.join(job, `result-${number}.txt`), `result ${number}\n`);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await packed(job));
    theirs.push(packedByZip(job));
  }
  const seconds = { ours: median(ours), zip: median(theirs) };
  process.stdout.write(`${JSON.stringify({ files, seconds, filesPerSecond: files / seconds.ours })}\n`);
} finally {
  fs.rmSync(job, { recursive: true });
}
