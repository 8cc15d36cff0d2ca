import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { parseProcessorList } from "../../job/processor-sets.ts";
import { tryOr } from "../../text/try-or.ts";
import { findProgram, SYSTEM_PATH } from "./find-program.ts";

/** Tells whether running jobs can each be given processors of their own. */
export type PinningSupport =
  | { readonly kind: "available"; readonly processors: readonly number[] }
  | { readonly kind: "unavailable"; readonly why: string };

/** The numbers of the processors that this process, and so its jobs, may run on; empty where the system does not tell. */
export function allowedProcessors(): number[] {
  const status = readOwnStatus();
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  return list === undefined ? [] : (parseProcessorList(list) ?? []);
}

/** Finds out by doing it once, as a container may have taskset and forbid what it does. Takes some milliseconds. */
export function pinningSupport(): PinningSupport {
  const processors = allowedProcessors();
  const [first] = processors;
  if (first === undefined) return unavailable("the system does not tell which processors may be used");
  const taskset = findTaskset();
  if (taskset === undefined) return unavailable("taskset (util-linux) is not installed");
  const trial = spawnSync(taskset, ["-c", String(first), "/bin/sh", "-c", ":"], { stdio: "ignore", env: {} });
  if (trial.status !== 0) return unavailable("taskset cannot bind a process to a processor here");
  return { kind: "available", processors };
}

/** The path of util-linux's taskset, whatever PATH the job is to have. */
export function findTaskset(): string | undefined {
  return findProgram("taskset", SYSTEM_PATH) ?? findProgram("taskset", process.env["PATH"] ?? "");
}

function readOwnStatus(): string {
  return tryOr(() => fs.readFileSync("/proc/self/status", "utf8"), "");
}

function unavailable(why: string): PinningSupport {
  return { kind: "unavailable", why };
}
