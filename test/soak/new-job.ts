import fs from "node:fs";
import path from "node:path";
import type { Random } from "../support/random.ts";
import { REFUSED_DOMAIN } from "./audit-letters.ts";
import { choose, draw, happens } from "./chance.ts";
import { ID_FILE } from "./job-folders.ts";
import { COMMAND, JOB_KINDS, type Recipe } from "./job-kinds.ts";
import { collidingName, ownName } from "./job-names.ts";
import type { LedgerEntry } from "./ledger.ts";
import { tellingScript } from "./told.ts";
import type { World } from "./world.ts";

/** A job that lies ready beside the queue. */
export interface NewJob {
  readonly entry: LedgerEntry;
  /** Its place. */
  readonly folder: string;
  /** It was given the name of another job. */
  readonly collides: boolean;
}

/** Draws a job, enters it into the books and makes its folder. */
export function makeJob(world: World): NewJob {
  const random = world.random("jobs");
  const id = world.ledger.nextId();
  const { kind, recipe } = draw(random, JOB_KINDS);
  const made = recipe(random);
  const delivered = [...world.ledger.entries.values()].filter(({ isDelivered }) => isDelivered);
  const other = happens(random, 0.08) ? choose(random, delivered)?.name : undefined;
  const mailTo = drawAddresses(random, id);
  const mailOn = choose(random, [undefined, undefined, undefined, "end", "fail", "all", "none", "start"]);
  const name = other === undefined ? ownName(random, id) : collidingName(random, other);
  const { end, exitCode, isSilent = false } = made;
  const entry = world.ledger.enter({ id, kind, name, end, exitCode, isSilent, mailTo, mailOn });
  const folder = path.join(world.queue.base, "staged", String(id));
  fs.mkdirSync(folder, { recursive: true });
  writeJob(world, folder, entry, made, random);
  world.tally.add(`kind: ${kind}`);
  return { entry, folder, collides: other !== undefined };
}

/** The options of an info file in which nothing is wrong. */
export function soundOptions({ id, mailTo, mailOn }: LedgerEntry): Record<string, string> {
  return {
    script: COMMAND,
    info: `soak ${id}`,
    ...(mailTo.length === 0 ? {} : { e_mail: mailTo.join(", ") }),
    ...(mailOn === undefined ? {} : { mail_on: mailOn }),
  };
}

/** Writes a job's info file, in the form that people use most. */
export function writeInfo(folder: string, options: Readonly<Record<string, string>>): void {
  const lines = Object.entries(options).map(([key, value]) => `${key} : ${value}\n`);
  fs.writeFileSync(path.join(folder, "proc_config.cfg"), `[QMOptions]\n${lines.join("")}`);
}

function writeJob(world: World, folder: string, entry: LedgerEntry, made: Recipe, random: Random): void {
  const processors = happens(random, 0.3) ? random.between(2, 5) : 1;
  const priority = happens(random, 0.15) ? random.between(-2, 2) : 0;
  const options = {
    ...soundOptions(entry),
    nb_proc: String(processors),
    priority: String(priority),
    ...made.options,
  };
  fs.writeFileSync(path.join(folder, ID_FILE), String(entry.id));
  fs.writeFileSync(
    path.join(folder, "run.sh"),
    tellingScript(world.toldFile, entry.id, entry.exitCode, made.body),
  );
  fs.writeFileSync(path.join(folder, "input.txt"), "x".repeat(random.between(0, 20_000)));
  if (entry.end === "invalid" || happens(random, 0.7)) writeInfo(folder, options);
  else fs.writeFileSync(path.join(folder, "job.json"), JSON.stringify(options));
}

function drawAddresses(random: Random, id: number): string[] {
  const good = `job${id}@lab.org`;
  const bad = `job${id}@${REFUSED_DOMAIN}`;
  return choose(random, [[good], [good], [good], [good], [good], [good], [good, bad], [bad], []]) ?? [];
}
