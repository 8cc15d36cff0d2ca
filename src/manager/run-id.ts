import crypto from "node:crypto";

/** A run id for what cannot be launched: made from facts that stay the same however often it is tried. */
export function runIdFrom(...facts: readonly (string | number)[]): string {
  return crypto.createHash("sha256").update(facts.join("\0")).digest("hex").slice(0, 32);
}
