import fs from "node:fs";
import { ifThere } from "../../disk/error-code.ts";

const CLOSE_ON_EXEC = 0o2000000;
const STDERR = 2;

/**
 * Closes the descriptors above standard error that this process was started with and its children would be given: a lock that a
 * script holds for the manager, a pipe of its service. What they keep is for the manager alone, which keeps them open.
 */
export function closeInheritedDescriptors(): void {
  for (const descriptor of openDescriptors())
    if (descriptor > STDERR && isHandedOn(descriptor)) fs.closeSync(descriptor);
}

function openDescriptors(): number[] {
  return fs.readdirSync("/proc/self/fd").map(Number);
}

// Node.js marks its own as closed on exec. The flags are octal.
function isHandedOn(descriptor: number): boolean {
  const info = ifThere(() => fs.readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"));
  // The one by which the folder was listed is closed by now.
  if (info === undefined) return false;
  const flags = Number.parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? "0", 8);
  return (flags & CLOSE_ON_EXEC) === 0;
}
