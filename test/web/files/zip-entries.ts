import { openPromise } from "yauzl";

/** The texts of a zip's entries by name, in its order, read back with all the library's checks. */
export async function zipEntries(file: string): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  const opened = await openPromise(file, { strictFileNames: true });
  for await (const entry of opened.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await opened.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    entries.set(entry.fileName, Buffer.concat(chunks).toString("utf8"));
  }
  return entries;
}
