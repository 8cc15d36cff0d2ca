import fs from "node:fs";
import { expect } from "vitest";
import { jobsOfLetters } from "../manager/mail-fixture.ts";
import type { Host, Hosts, Program } from "../support/host.ts";
import type { Sections } from "../support/queue-folder.ts";
import { until } from "../support/until.ts";

/** The processors that each host offers; more than it has, so that nothing is bound to one. */
const PROCESSORS = 3;

/** The configuration of each host. Nobody listens to mails, so every letter stays where it can be counted. */
export const OF_A_HOST: Sections = {
  QMServer: {
    Poll_Interval: 0.2,
    Settle_Time: 0.5,
    Min_Free_Disk: "0 B",
    Kill_Grace: 1,
    MaxNbProcessors: PROCESSORS,
    MailActive: "True",
  },
  Mail: { Smtp: "smtp://127.0.0.1:9", From: "qm@lab.org" },
};

/** A laboratory: the manager on the first host, a worker on each other one, and jobs that tell a ledger where they run. */
export class Laboratory {
  readonly #hosts: Hosts;
  readonly #programs = new Map<Host, Program>();
  readonly #exitCodes = new Map<string, number>();
  /** Jobs that were given up, by those that run in their place. */
  readonly #givenUp = new Map<string, string>();

  private constructor(hosts: Hosts) {
    this.#hosts = hosts;
  }

  /** Opens one of hosts that have been configured, all at work. */
  static async open(hosts: Hosts): Promise<Laboratory> {
    const laboratory = new Laboratory(hosts);
    for (const host of hosts.hosts) {
      laboratory.start(host);
      await laboratory.#until("the manager", () => hosts.queue.status());
    }
    await laboratory.#until("all workers", () => {
      const open = hosts.queue.status()?.workers.filter(({ state }) => state === "open");
      return open?.length === hosts.hosts.length;
    });
    return laboratory;
  }

  /** The hosts; the manager's is the first. */
  get hosts(): readonly Host[] {
    return this.#hosts.hosts;
  }

  /** Starts the program of a host: the manager on the first, a worker on the others. */
  start(host: Host): void {
    this.#programs.set(host, host.qm(host === this.hosts[0] ? "daemon" : "worker"));
  }

  /** Kills the program of a host, and starts it anew; its jobs run on. */
  async restart(host: Host): Promise<void> {
    await this.#programs.get(host)?.kill();
    this.start(host);
  }

  /** Crashes a host, and boots it again with its program. */
  async reboot(host: Host): Promise<void> {
    await host.crash();
    fs.appendFileSync(this.#hosts.ledger, `crash ${host.name}\n`);
    await host.boot();
    this.start(host);
  }

  /** Delivers a job that takes some seconds and has an end of its own, for one host or for any. */
  async deliver(name: string, seconds: number, host?: Host): Promise<void> {
    const exitCode = this.#exitCodes.size % 5;
    this.#exitCodes.set(name, exitCode);
    const tell = (word: string) => this.#hosts.tell(`${word} $(hostname) $QM_JOB_NAME $NB_PROC`);
    const script = `#!/bin/sh\n${tell("start")}\nsleep ${seconds}\n${tell("stop")}\nexit ${exitCode}\n`;
    const place = host === undefined ? {} : { worker: host.name };
    const options = { script: "sh run.sh", e_mail: "ada@lab.org", ...place };
    await this.#hosts.deliver(name, options, { "run.sh": script });
  }

  /** Waits until so many jobs have ended, and none of them lies among those that run. */
  async ended(count: number): Promise<void> {
    const { queue } = this.#hosts;
    await this.#until(`the end of ${count} jobs`, () => {
      const ended = queue.history();
      return ended.length >= count && ended.every(({ name }) => !queue.stagesOf(name).includes("running"));
    });
  }

  /** Gives up a job that a silent host holds, and has it run again as another one. Tells its name. */
  async giveUpOn(host: Host): Promise<string> {
    const worker = this.#hosts.queue.status()?.workers.find(({ name }) => name === host.name);
    const name = worker?.running[0] ?? "";
    const program = (this.hosts[0] as Host).qm("lost", name, "--again", "--yes");
    expect(await program.end(), program.said).toBe(0);
    const copy = `${name}-2`;
    this.#givenUp.set(copy, name);
    this.#exitCodes.set(copy, this.#exitCodes.get(name) ?? 0);
    return name;
  }

  /** Waits until a job runs on a host. */
  async busy(host: Host): Promise<void> {
    await until(`a job on ${host.name}`, () => this.#ledger().running(host.name) > 0).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${this.#account()}`);
      },
    );
  }

  /** The hosts that the manager shows as silent. */
  silent(): readonly string[] {
    const workers = this.#hosts.queue.status()?.workers ?? [];
    return workers.filter(({ state }) => state === "silent").map(({ name }) => name);
  }

  /** Waits until all jobs but those of silent hosts have ended, and tells which are left. */
  async heldBySilent(): Promise<readonly string[]> {
    const { queue } = this.#hosts;
    return await this.#until("the end of all jobs but those of silent hosts", () => {
      const workers = queue.status()?.workers ?? [];
      const held = workers.flatMap(({ state, running }) => (state === "silent" ? running : []));
      return queue.history().length + held.length === this.#exitCodes.size && [...held].sort();
    });
  }

  /** The jobs without a line in the history. */
  notEnded(): readonly string[] {
    const ended = new Set(this.#hosts.queue.history().map(({ name }) => name));
    return [...this.#exitCodes.keys()].filter((name) => !ended.has(name)).sort();
  }

  /** Expects that each job ran once, ended by its own code and has one line in the history and one letter, but for those under which their host has crashed and those that were given up: these are lost. */
  expectEachOnce(): void {
    const { queue } = this.#hosts;
    const ledger = this.#ledger();
    const names = [...this.#exitCodes.keys()].sort();
    const ended = queue.history().map(({ name }) => name);
    expect(ended.filter((name) => this.#exitCodes.has(name)).sort()).toEqual(names);
    const lost = names.filter((name) => queue.record(name)?.state === "lost");
    const givenUp = [...this.#givenUp.values()];
    expect(lost.filter((name) => !ledger.mayBeLost(name) && !givenUp.includes(name))).toEqual([]);
    expect(givenUp.filter((name) => !lost.includes(name))).toEqual([]);
    for (const name of names) {
      const isLost = lost.includes(name);
      const runs = { starts: ledger.count("start", name), stops: ledger.count("stop", name) };
      if (!isLost) expect({ name, ...runs }).toEqual({ name, starts: 1, stops: 1 });
      else expect(runs.starts).toBeLessThanOrEqual(1);
      const exitCode = this.#exitCodes.get(name) ?? 0;
      const own = { state: exitCode === 0 ? "done" : "failed", exitCode };
      const attempt = this.#givenUp.has(name) ? 2 : 1;
      const record = { name, attempt, ...(isLost ? { state: "lost" } : own) };
      expect(queue.record(name)).toMatchObject(record);
      expect(queue.history(name)).toMatchObject([record]);
      expect(queue.stagesOf(name)).toEqual([isLost ? "lost" : "finished"]);
    }
    expect(jobsOfLetters(queue)).toEqual(names);
    expect(ledger.most).toBeLessThanOrEqual(PROCESSORS);
  }

  async #until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return await until(what, look).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#account()}`);
    });
  }

  #account(): string {
    const said = [...this.#programs].map(([{ name }, program]) => `--- ${name}\n${program.said}`);
    const ledger = fs.readFileSync(this.#hosts.ledger, "utf8");
    return [...said, "--- ledger", ledger].join("\n");
  }

  #ledger(): Ledger {
    return new Ledger(fs.readFileSync(this.#hosts.ledger, "utf8"));
  }
}

/** The jobs' own account, with the crashes among it, in the order in which it was written. */
class Ledger {
  /** The most processors in use on one host. */
  most = 0;
  readonly #lines: readonly (readonly string[])[];
  /** The processors of each job that runs, by host and name. */
  readonly #inUse = new Map<string, Map<string, number>>();
  /** Jobs that a crash has found running or about to end. */
  readonly #crashed = new Set<string>();

  constructor(text: string) {
    this.#lines = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" "));
    for (const line of this.#lines) this.#read(line);
  }

  /** Number of jobs that run on a host. */
  running(host: string): number {
    return this.#on(host).size;
  }

  /** Number of lines of this kind about a job. */
  count(word: "start" | "stop", name: string): number {
    return this.#lines.filter(([kind, , job]) => kind === word && job === name).length;
  }

  /** True where a crash has found a job running, or before its first line, or after its last and before that was known. */
  mayBeLost(name: string): boolean {
    if (this.#crashed.has(name) || this.count("start", name) === 0) return true;
    const at = this.#lines.findIndex(([kind, , job]) => kind === "stop" && job === name);
    const host = this.#lines[at]?.[1];
    return this.#lines.slice(at + 1).find(([, where]) => where === host)?.[0] === "crash";
  }

  #read([word = "", host = "", name = "", processors = ""]: readonly string[]): void {
    const running = this.#on(host);
    if (word === "start") {
      running.set(name, Number(processors));
    } else if (word === "stop") {
      running.delete(name);
    } else {
      for (const job of running.keys()) this.#crashed.add(job);
      running.clear();
    }
    const inUse = [...running.values()].reduce((sum, one) => sum + one, 0);
    this.most = Math.max(this.most, inUse);
  }

  #on(host: string): Map<string, number> {
    const running = this.#inUse.get(host) ?? new Map<string, number>();
    this.#inUse.set(host, running);
    return running;
  }
}
