import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { writeFileDurably } from "../../disk/durable.ts";
import { ifThere } from "../../disk/error-code.ts";
import { readFresh } from "../../disk/safe-read.ts";
import { type EndIntent, type Launch, launchSchema } from "../../job/launch.ts";
import { parseJson } from "../../text/parse-json.ts";
import { tryOr } from "../../text/try-or.ts";
import { readEnd } from "../attempts/attempt-marks.ts";
import type { JobInputs } from "../books/job-inputs.ts";

const ORDER_FILE = "order.json";
const LAUNCH_FILE = "launch.json";
const END_FILE = "end.json";
const REVOKED_FILE = "revoked";

/** All else in a worker's folder is no order. */
const ATTEMPT_NAME = /^[^.].*\.\d+$/s;

const MAX_BYTES = 64 * 1024 * 1024;
const ORDER_VERSION = 1;

/** The form of {@link StartOrder}. */
const orderSchema = z.object({
  version: z.literal(ORDER_VERSION),
  /** The files that the worker has to see whole in the job's folder before it starts the job. */
  inputs: z.array(
    z.object({
      path: z.string(),
      /** The path is not UTF-8, and given as Latin-1. */
      latin1: z.literal(true).exactOptional(),
      /** Absent where only the name is to be there, as the manager itself writes into it. */
      bytes: z.number().int().min(0).exactOptional(),
    }),
  ),
  /** Seconds between the request to end and the kill, where the job itself asks for none. */
  killGraceSeconds: z.number(),
  /** `[JobEnvironment]` of the queue; the worker's own comes before it. */
  environment: z.record(z.string(), z.string()),
});

/** The manager's word to a worker that an attempt may start, written last: its folder is whole and prepared. */
export type StartOrder = z.infer<typeof orderSchema>;

/** One file of an order. */
export type OrderedInput = StartOrder["inputs"][number];

/** An attempt that is meant for a worker, by the shared folder that the manager alone writes. */
export interface ReceivedOrder {
  /** Absolute path of the shared folder. */
  readonly folder: string;
  readonly launch: Launch;
  /** Undefined until the attempt may start. */
  readonly start?: StartOrder;
  /** The manager takes the launch back, if it has not started. */
  readonly isRevoked: boolean;
  /** The manager's decision to end it; its time is by the clock of the manager's machine. */
  readonly end?: EndIntent;
}

/** The inputs of an order, from the list of what lies in a job's folder. */
export function orderedInputs({ entries }: JobInputs): OrderedInput[] {
  return entries
    .filter(({ type }) => type === "file")
    .map(({ path: relative, latin1, bytes, status }) => ({
      path: relative,
      ...(latin1 === true && { latin1 }),
      ...(status !== true && { bytes }),
    }));
}

/** Lets a worker start an attempt, durably. Throws what the file system throws. */
export function writeStartOrder(folder: string, order: Omit<StartOrder, "version">): void {
  writeFileDurably(path.join(folder, ORDER_FILE), JSON.stringify({ version: ORDER_VERSION, ...order }));
  wakeWorker(folder);
}

/** Takes a launch back, as far as its worker has not started it, durably. Throws what the file system throws. */
export function writeRevoked(folder: string): void {
  writeFileDurably(path.join(folder, REVOKED_FILE), "");
  wakeWorker(folder);
}

/** Has a worker look soon, by one of its attempts: it watches the folder of them all, where that lies on a disk of its own machine. Never throws. */
export function wakeWorker(attemptFolder: string): void {
  const nowSeconds = Date.now() / 1000;
  tryOr(() => fs.utimesSync(path.dirname(attemptFolder), nowSeconds, nowSeconds), undefined);
}

/** The files of an order that are there, by one listing of its folder. */
export interface OrderMarks {
  readonly isOrdered: boolean;
  readonly isRevoked: boolean;
}

/** Looks at the marks on an order. Throws what the file system throws. */
export function readOrderMarks(folder: string): OrderMarks {
  const names = namesIn(folder);
  return { isOrdered: names.includes(ORDER_FILE), isRevoked: names.includes(REVOKED_FILE) };
}

/** The parts of an order that are written once; the list of inputs may be long. */
interface Written {
  readonly launchText: string;
  readonly launch: Launch;
  readonly start?: StartOrder;
}

/** The orders in a worker's shared folder. */
export class Orders {
  readonly #folder: string;
  /** By their folders. */
  #written = new Map<string, Written>();
  /** All names beside the orders, and theirs, at the last look. */
  names: readonly string[] = [];

  constructor(workerFolder: string) {
    this.#folder = workerFolder;
  }

  /**
   * All orders, by listings alone, as mounts show a single path late. A folder whose launch or order cannot be understood yet is no order
   * yet. Throws where that cannot be seen whole.
   */
  read(): ReceivedOrder[] {
    this.names = namesIn(this.#folder);
    const folders = this.names
      .filter((name) => ATTEMPT_NAME.test(name))
      .map((name) => path.join(this.#folder, name));
    const orders = folders.flatMap((folder) => this.#readOne(folder) ?? []);
    const present = new Set(folders);
    for (const folder of this.#written.keys()) if (!present.has(folder)) this.#written.delete(folder);
    return orders;
  }

  #readOne(folder: string): ReceivedOrder | undefined {
    const names = namesIn(folder);
    const written = names.includes(LAUNCH_FILE) ? this.#readWritten(folder, names) : undefined;
    if (written === undefined) return undefined;
    this.#written.set(folder, written);
    const { launch, start } = written;
    const end = names.includes(END_FILE) ? readEnd(folder) : undefined;
    return {
      folder,
      launch,
      isRevoked: names.includes(REVOKED_FILE),
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
    };
  }

  // Another launch may come to lie in a folder of the same name.
  #readWritten(folder: string, names: readonly string[]): Written | undefined {
    const launchText = readText(folder, LAUNCH_FILE);
    const known = this.#written.get(folder);
    const isSame = known?.launchText === launchText;
    const launch = isSame ? known.launch : parseJson(launchSchema, launchText);
    if (launch?.remote !== true) return undefined;
    const started = isSame ? known.start : undefined;
    const start = started ?? (names.includes(ORDER_FILE) ? readStartOrder(folder) : undefined);
    return { launchText, launch, ...(start !== undefined && { start }) };
  }
}

function readStartOrder(folder: string): StartOrder | undefined {
  return parseJson(orderSchema, readText(folder, ORDER_FILE));
}

function readText(folder: string, name: string): string {
  return readFresh(path.join(folder, name), MAX_BYTES) ?? "";
}

function namesIn(folder: string): string[] {
  return ifThere(() => fs.readdirSync(folder)) ?? [];
}
