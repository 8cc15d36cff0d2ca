import os from "node:os";

/** Who asks, as it is written into request files: `ada@lab-server`. */
export function requester(): string {
  return `${userName()}@${os.hostname()}`;
}

/** Who runs this program; a container's user may have no name. */
export function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
