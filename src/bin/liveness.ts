import path from "node:path";
import type { Liveness } from "../client/manager-state.ts";
import { isSeenAlive } from "../process/identity.ts";
import { openFilesEndingIn } from "../process/process-table.ts";

/** The managers of this machine, by its processes. */
export const liveness: Required<Liveness> = {
  isAlive: isSeenAlive,
  queuesHere: () => openFilesEndingIn("/.qm/lock").map((lock) => path.dirname(path.dirname(lock))),
};
