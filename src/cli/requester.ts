import os from "node:os";

/** Who asks, as it is written into request files: `ada@lab-server`. */
export function requester(): string {
  return `${userName()}@${os.hostname()}`;
}

// A container's user may have no name.
function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
