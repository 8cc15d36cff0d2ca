import type { ChildProcess } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { quoteForShell } from "../../src/text/escape.ts";
import { childOf, type Host, Program, signalIfThere } from "./host.ts";
import { configText, type Sections } from "./queue-folder.ts";
import { QM } from "./test-queue.ts";
import { until } from "./until.ts";
import { PROCESSES_APART, type Wire } from "./wire.ts";

/** Options of a guest. */
export interface GuestOptions {
  readonly name: string;
  /** Its number, of which its address is made. */
  readonly number: number;
  /** The folder of its local disk. */
  readonly folder: string;
  readonly wire: Wire;
  /** The command that mounts the shared folder at {@link mountPoint}. */
  readonly mount: string;
  readonly mountPoint: string;
  readonly config: Sections;
  readonly ledger: string;
}

/**
 * A host with a kernel of its own: User-Mode Linux, so that its mounts are those of a real client. Its root is this machine's, and it
 * takes its commands from its console.
 */
export class Guest implements Host {
  readonly name: string;
  readonly folder: string;
  readonly #options: GuestOptions;
  readonly #configFile: string;
  readonly #programs = new Map<number, GuestProgram>();
  #started = 0;
  #console: ChildProcess | undefined;
  #isUp = false;
  /** All on its console that is no answer, for a start that fails. */
  #kernelSaid = "";

  constructor(options: GuestOptions) {
    this.#options = options;
    this.name = options.name;
    this.folder = options.folder;
    this.#configFile = path.join(this.folder, "QMserv.cfg");
    for (const name of ["state", "tmp", "programs"])
      fs.mkdirSync(path.join(this.folder, name), { recursive: true });
    fs.writeFileSync(path.join(this.folder, "machine-id"), `${crypto.randomUUID().replaceAll("-", "")}\n`);
    this.configure(options.config);
    fs.writeFileSync(path.join(this.folder, "init"), initOf(options), { mode: 0o755 });
    options.wire.addCard(this.#card);
  }

  /** Writes its configuration anew. */
  configure({ QMServer = {}, ...further }: Sections): void {
    const server = { QM_FOLDER: path.join(this.#options.mountPoint, "QM"), ...QMServer };
    fs.writeFileSync(this.#configFile, configText({ QMServer: server, ...further }));
  }

  async boot(): Promise<void> {
    this.#isUp = false;
    this.#kernelSaid = "";
    const console = this.#options.wire.start([...PROCESSES_APART, "linux.uml", ...this.#kernelOptions()], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, HOME: this.folder },
    });
    this.#console = console;
    let rest = "";
    console.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#hear(line);
    });
    // It tells of its end by its exit.
    console.stdin?.on("error", () => undefined);
    let hasEnded = false;
    console.once("exit", () => {
      hasEnded = true;
    });
    await until(`the start of ${this.name}`, () => this.#isUp || hasEnded);
    if (!this.#isUp) throw new Error(`${this.name} does not start: ${this.#kernelSaid}`);
  }

  async crash(): Promise<void> {
    const console = this.#console;
    if (console === undefined) return;
    this.#console = undefined;
    let isClosed = false;
    console.once("close", () => {
      isClosed = true;
    });
    console.kill("SIGKILL");
    await until(`the end of ${this.name}`, () => isClosed);
    for (const program of this.#programs.values()) program.ended ??= "SIGKILL";
    this.#programs.clear();
  }

  async pause(): Promise<void> {
    signalIfThere(this.#kernel, "SIGSTOP");
  }

  async resume(): Promise<void> {
    signalIfThere(this.#kernel, "SIGCONT");
  }

  cutOff(): void {
    this.#options.wire.unplug(this.#card);
  }

  reconnect(): void {
    this.#options.wire.plugIn(this.#card);
  }

  qm(...args: readonly string[]): GuestProgram {
    const [verb = "", ...rest] = args;
    return this.start([process.execPath, QM, verb, "--config", this.#configFile, ...rest]);
  }

  start(command: readonly string[]): GuestProgram {
    this.#started += 1;
    const number = this.#started;
    const script = path.join(this.folder, "programs", String(number));
    fs.writeFileSync(script, `exec ${command.map(quoteForShell).join(" ")}\n`);
    const program = new GuestProgram((signal, pid) => this.#order(`kill -${signal} ${pid}`));
    this.#programs.set(number, program);
    this.#order(`run ${number} ${quoteForShell(script)}`);
    return program;
  }

  get #card(): string {
    return `tap${this.#options.number}`;
  }

  /** The guest's kernel, as a process of this machine. */
  get #kernel(): number {
    return childOf(this.#console?.pid ?? 0) ?? 0;
  }

  #kernelOptions(): string[] {
    const init = `init=${path.join(this.folder, "init")}`;
    const root = ["mem=400M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "rw", init];
    const console = ["con=null", "con0=fd:0,fd:1", "quiet", "loglevel=1"];
    return [...root, ...console, `vec0:transport=tap,ifname=${this.#card},depth=128,gro=1`];
  }

  #order(line: string): void {
    if (this.#console === undefined) throw new Error(`${this.name} is off`);
    this.#console.stdin?.write(`${line}\n`);
  }

  #hear(line: string): void {
    const [, word, number, text = ""] = /^@(\w+) ?(\d*) ?(.*)$/.exec(line) ?? [];
    const program = this.#programs.get(Number(number));
    if (word === "up") this.#isUp = true;
    else if (word === "ledger") fs.appendFileSync(this.#options.ledger, `${text}\n`);
    else if (word === undefined) this.#kernelSaid += `${line}\n`;
    else program?.hear(word, text);
  }
}

/** The command by which a program on a guest adds a line to the ledger. */
export function tellConsole(line: string): string {
  return `echo "@ledger ${line}" >/dev/console`;
}

/** A program on a guest. */
class GuestProgram extends Program {
  readonly #kill: (signal: string, pid: number) => void;
  /** Its number there, once it has begun. */
  #pid: number | undefined;

  constructor(kill: (signal: string, pid: number) => void) {
    super();
    this.#kill = kill;
  }

  /** Takes in what its guest tells of it. */
  hear(word: string, text: string): void {
    if (word === "said") this.said += `${text}\n`;
    if (word === "pid") this.#pid = Number(text);
    if (word === "ended") this.ended = endOf(Number(text));
  }

  override signal(signal: NodeJS.Signals): void {
    if (this.#pid !== undefined && this.ended === undefined) this.#kill(signal.replace("SIG", ""), this.#pid);
  }
}

/** Shells tell an end by a signal so. */
function endOf(code: number): number | NodeJS.Signals {
  if (code === 128 + 9) return "SIGKILL";
  return code === 128 + 15 ? "SIGTERM" : code;
}

/** The first process of a guest, which takes orders and reaps what others leave to it. */
function initOf({ name, number, folder, mount, mountPoint }: GuestOptions): string {
  return `#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=${folder} XDG_STATE_HOME=${folder}/state TMPDIR=${folder}/tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
ln -sfn /proc/self/fd /dev/fd
hostname ${name}
test ! -e /etc/machine-id || mount --bind ${folder}/machine-id /etc/machine-id
ip link set lo up
ip address add ${addressOf(number)}/24 dev vec0
ip link set vec0 up
stty raw -echo
( ${mount} )
mountpoint ${mountPoint} || { dmesg | tail; exit 1; }
echo @up
run() {
  { setsid bash "$2" </dev/null 2>&1 & echo "@pid $1 $!"; wait $!; echo "@ended $1 $?"; } |
    sed -u "/^@/! s/^/@said $1 /"
}
while read -r order; do
  case $order in
  run*) eval "$order" & ;;
  *) eval "$order" ;;
  esac
done
`;
}

function addressOf(number: number): string {
  return `10.77.0.${10 + number}`;
}
