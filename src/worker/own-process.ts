import { currentBootId } from "../disk/machine.ts";
import { currentPidNamespace, identify } from "./process/identity.ts";

/** This process, by which others of this machine can tell that it lives. */
export function ownProcess() {
  return {
    pid: process.pid,
    bootId: currentBootId(),
    pidNamespace: currentPidNamespace(),
    startTicks: identify(process.pid)?.startTicks ?? "",
  };
}
