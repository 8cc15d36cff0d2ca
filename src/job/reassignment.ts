import * as z from "zod";
import { ok, type Parsed, wrong } from "../text/parsed.ts";
import type { JobInfo } from "./job-info.ts";
import { PLACE_NAME } from "./where.ts";

const destinationShape = {
  worker: z.string().regex(PLACE_NAME).exactOptional(),
  pool: z.string().regex(PLACE_NAME).exactOptional(),
};

/** The form of {@link Reassignment}. */
export const reassignmentSchema = z.object({ ...destinationShape, by: z.string() });

/** A waiting job's place by a person's word, instead of those of its info file; without either any worker is right. */
export type Reassignment = z.infer<typeof reassignmentSchema>;

/** The place of a {@link Reassignment}. */
export type Destination = Omit<Reassignment, "by">;

/** The demands of a job that was reassigned: what it needs of a worker stays. */
export function reassignedInfo(info: JobInfo, to: Destination | undefined): JobInfo {
  if (to === undefined) return info;
  const { workers: _workers, pool: _pool, prefers: _prefers, ...others } = info;
  const workers = to.worker === undefined ? {} : { workers: [to.worker] };
  const pool = to.pool === undefined ? {} : { pool: to.pool };
  return { ...others, ...workers, ...pool };
}

/** The place in words: `worker lab2`, `pool night`, `any worker`. */
export function describeDestination({ worker, pool }: Destination): string {
  if (worker !== undefined) return `worker ${worker}`;
  return pool === undefined ? "any worker" : `pool ${pool}`;
}

/** The place and who gave it: `to worker lab2, by ann@lab`. */
export function describeReassignment(to: Reassignment): string {
  return `to ${describeDestination(to)}, by ${to.by}`;
}

/** The place in the words of {@link describeDestination}, in any case of letters, also written as in an info file. */
export function readDestination(text: string): Parsed<Destination> {
  const [, key = "", name = ""] = /^(any|worker|pool)(?:\s*[:\s]\s*(\S+))?$/i.exec(text.trim()) ?? [];
  const kind = key.toLowerCase();
  const isAny = kind === "any" && ["", "worker"].includes(name.toLowerCase());
  if (isAny) return ok({});
  if (kind === "any" || !PLACE_NAME.test(name))
    return wrong("should be `worker NAME`, `pool NAME` or `any worker`");
  return ok(kind === "pool" ? { pool: name } : { worker: name });
}
