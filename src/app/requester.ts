import os from "node:os";
import { userName } from "../queue/access.ts";

/** Who asks, as it is written into request files: `ada@lab-server`. */
export function requester(): string {
  return `${userName()}@${os.hostname()}`;
}
