import path from "node:path";
import type { Liveness } from "../app/manager-state.ts";
import { isSeenAlive } from "../worker/process/identity.ts";
import { openFilesEndingIn } from "../worker/process/process-table.ts";

/** The managers of this machine, by its processes. */
export const liveness: Required<Liveness> = {
  isAlive: isSeenAlive,
  queuesHere: () => openFilesEndingIn("/.qm/lock").map((lock) => path.dirname(path.dirname(lock))),
};
