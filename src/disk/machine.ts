import fs from "node:fs";
import { tryOr } from "../text/try-or.ts";

let bootId: string | undefined;

/** The kernel's name for this run of the machine, another one after every boot. Throws where `/proc` is missing. */
export function currentBootId(): string {
  bootId ??= fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return bootId;
}

let machineId: string | undefined;

/** The id of this machine, the same after every boot; "" where it has none, as in some containers. */
export function currentMachineId(): string {
  machineId ??= tryOr(() => fs.readFileSync("/etc/machine-id", "utf8").trim(), "");
  return machineId;
}
