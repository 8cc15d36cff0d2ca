import crypto from "node:crypto";

const MAX_KEY_BYTES = 200;

/**
 * A file name for a job's state, different for every job's name: the name itself where there is room for a suffix,
 * otherwise its beginning and a hash. (A job's name may fill all 255 bytes.)
 */
export function stateKey(name: string): string {
  if (Buffer.byteLength(name) <= MAX_KEY_BYTES) return name;
  const hash = crypto.createHash("sha256").update(name).digest("hex").slice(0, 32);
  const beginning = Array.from(name).slice(0, 40).join("");
  return `${beginning}~${hash}`;
}
