import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { ZipFile } from "yazl";
import { WrittenEntries } from "../../../src/web/files/zip-names.ts";

const FILES = 500;
const AT_ONCE = 10;

test("a zip in the making holds few entries, and all of them at its end", async () => {
  const zip = new ZipFile();
  const held = zip as unknown as { entries: readonly unknown[] };
  const written = new WrittenEntries(zip);
  const chunks: Buffer[] = [];
  zip.outputStream.on("data", (chunk: Buffer) => chunks.push(chunk));
  let most = 0;
  for (let number = 0; number < FILES; number += 1) {
    zip.addBuffer(Buffer.from(`${number}`), `f${number}`, { compress: false });
    if (number % AT_ONCE > 0) continue;
    while (held.entries.length > AT_ONCE) {
      await setImmediate();
      written.setAside();
    }
    most = Math.max(most, held.entries.length);
  }
  expect(most).toBeLessThanOrEqual(AT_ONCE);
  written.putBack();
  zip.end();
  await new Promise((resolve) => zip.outputStream.on("end", resolve));
  const whole = Buffer.concat(chunks);
  // The number of entries in the end of the table, which is 22 bytes long.
  expect(whole.readUInt16LE(whole.length - 12)).toBe(FILES);
});
