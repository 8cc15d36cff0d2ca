import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { STAGES } from "../../src/queue/layout.ts";
import { childOf, type Host, type Hosts, Program, readProc, signalIfThere } from "./host.ts";
import { configText, QueueFolder, type Sections } from "./queue-folder.ts";
import { scratchFolder } from "./scratch.ts";
import { QM } from "./test-queue.ts";
import { afterTest } from "./tidy-up.ts";
import { orSkip } from "./tools.ts";
import { until } from "./until.ts";
import { UNTIL_TEST_ENDS } from "./wire.ts";

/** An ordinary user makes namespaces in one of users. */
const AS_ROOT = process.geteuid?.() === 0;
const OWN = ["--mount", "--uts", "--ipc", "--net", "--pid"];
const NEW_NAMESPACES = [
  ...(AS_ROOT ? OWN : ["--user", "--map-root-user", ...OWN]),
  "--fork",
  "--kill-child",
  "--mount-proc",
];
const ENTER_NAMESPACES = AS_ROOT ? OWN : ["--user", "--preserve-credentials", ...OWN];

/** True where hosts can be made, as {@link orSkip}. */
export function hostsOrSkip(): boolean {
  const trial = ["sh", "-c", "hostname trial && mount -t tmpfs none /mnt"];
  const [program = "", ...args] = [...UNTIL_TEST_ENDS, "unshare", ...NEW_NAMESPACES, ...trial];
  const { status } = spawnSync(program, args, { stdio: "ignore" });
  return orSkip(status === 0, "namespaces of its own for each host (unshare)");
}

/** The first process of a host, which reaps what others leave to it. */
const FIRST_PROCESS = `
  set -e
  hostname "$1"
  test ! -e /etc/machine-id || mount --bind "$2/machine-id" /etc/machine-id
  mount --bind "$2/boot-id" /proc/sys/kernel/random/boot_id
  mount --bind "$3" "$4"
  echo up
  while :; do sleep 3600; done
`;

/**
 * Makes hosts on this machine that share a local folder: `lab1`, `lab2`, …. All is removed after the test.
 * @param configure the configuration of each, by its number from 1 on, without `QM_FOLDER`
 */
export async function makeHosts(count: number, configure: (number: number) => Sections): Promise<Hosts> {
  const base = scratchFolder();
  const [share, view, ledger] = ["share", "view", "ledger"].map((name) => path.join(base, name)) as [
    string,
    string,
    string,
  ];
  fs.mkdirSync(view);
  fs.writeFileSync(ledger, "");
  const queue = new QueueFolder(share, STAGES);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const hosts = numbers.map(
    (number) => new NamespaceHost(base, { share, view }, `lab${number}`, configure(number)),
  );
  afterTest(async () => {
    for (const host of hosts) await host.crash();
  });
  for (const host of hosts) await host.boot();
  return {
    hosts,
    queue,
    ledger,
    tell: (line) => `echo "${line}" >>${ledger}`,
    deliver: async (name, options, files) => {
      queue.deliver(name, options, files);
    },
  };
}

interface Places {
  /** The shared folder as it is, on a disk of the file server as it were. */
  readonly share: string;
  /** The folder at which each host mounts it. */
  readonly view: string;
}

/** A host by namespaces of its own (without a machine id where this machine has none); the shared folder lies at the same path on each. */
class NamespaceHost implements Host {
  readonly name: string;
  /** On its local disk. */
  readonly folder: string;
  readonly #places: Places;
  readonly #configFile: string;
  readonly #programs: EnteredProgram[] = [];
  #first: { readonly unshare: ChildProcess; readonly pid: number } | undefined;

  constructor(base: string, places: Places, name: string, config: Sections) {
    this.name = name;
    this.folder = path.join(base, name);
    this.#places = places;
    this.#configFile = path.join(this.folder, "QMserv.cfg");
    for (const folder of ["state", "tmp"]) fs.mkdirSync(path.join(this.folder, folder), { recursive: true });
    fs.writeFileSync(path.join(this.folder, "machine-id"), `${crypto.randomUUID().replaceAll("-", "")}\n`);
    this.configure(config);
  }

  /** Writes its configuration anew. */
  configure({ QMServer = {}, ...further }: Sections): void {
    const server = { QM_FOLDER: path.join(this.#places.view, "QM"), ...QMServer };
    fs.writeFileSync(this.#configFile, configText({ QMServer: server, ...further }));
  }

  async boot(): Promise<void> {
    fs.writeFileSync(path.join(this.folder, "boot-id"), `${crypto.randomUUID()}\n`);
    const { share, view } = this.#places;
    const first = ["sh", "-c", FIRST_PROCESS, "sh", this.name, this.folder, share, view];
    const [program = "", ...args] = [...UNTIL_TEST_ENDS, "unshare", ...NEW_NAMESPACES, ...first];
    const unshare = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let isUp = false;
    unshare.stderr.on("data", (text: Buffer) => {
      said += text.toString();
    });
    unshare.stdout.on("data", () => {
      isUp = true;
    });
    await until(`the start of ${this.name}`, () => {
      if (unshare.exitCode !== null) throw new Error(`${this.name} does not start: ${said}`);
      return isUp;
    });
    this.#first = { unshare, pid: childOf(unshare.pid ?? 0) ?? 0 };
  }

  async crash(): Promise<void> {
    const first = this.#first;
    if (first === undefined) return;
    this.#first = undefined;
    this.#signalAll(first.pid, "SIGKILL");
    for (const program of this.#programs.splice(0)) program.keepWaiting();
    await until(
      `the end of ${this.name}`,
      () => first.unshare.exitCode !== null || first.unshare.signalCode !== null,
    );
  }

  async pause(): Promise<void> {
    // One that waits for the disk, or for a child that is stopped before its program, stops at once afterwards.
    await this.#signalUntil("SIGSTOP", (state) => "TtZXD".includes(state));
  }

  async resume(): Promise<void> {
    for (const program of this.#programs) program.keepWaiting();
    await this.#signalUntil("SIGCONT", (state) => !"Tt".includes(state));
  }

  /** An empty folder lies there then. What is open stays open. */
  cutOff(): void {
    this.#mustRun(["umount", "--lazy", this.#places.view]);
  }

  reconnect(): void {
    this.#mustRun(["mount", "--bind", this.#places.share, this.#places.view]);
  }

  qm(...args: readonly string[]): Program {
    const [verb = "", ...rest] = args;
    return this.start([process.execPath, QM, verb, "--config", this.#configFile, ...rest]);
  }

  start(command: readonly string[]): Program {
    const program = new EnteredProgram(this.#entering(command), this.#environment());
    this.#programs.push(program);
    return program;
  }

  #mustRun(command: readonly string[]): void {
    const [program = "", ...args] = this.#entering(command);
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command.join(" ")} on ${this.name}: ${stderr}`);
  }

  #entering(command: readonly string[]): string[] {
    if (this.#first === undefined) throw new Error(`${this.name} is off`);
    return ["nsenter", "--target", String(this.#first.pid), ...ENTER_NAMESPACES, ...command];
  }

  #environment(): NodeJS.ProcessEnv {
    const at = (name: string) => path.join(this.folder, name);
    return { ...process.env, XDG_STATE_HOME: at("state"), HOME: this.folder, TMPDIR: at("tmp") };
  }

  // The first process takes all others with it.
  #signalAll(first: number, signal: NodeJS.Signals): void {
    for (const pid of signal === "SIGKILL" ? [first] : processesLike(first)) signalIfThere(pid, signal);
  }

  async #signalUntil(signal: NodeJS.Signals, isDone: (state: string) => boolean): Promise<void> {
    const first = this.#first?.pid ?? 0;
    await until(`${signal} of ${this.name}`, () => {
      this.#signalAll(first, signal);
      return processesLike(first).every((pid) => isDone(stateOf(pid)));
    });
  }
}

/** A program that has entered the namespaces of a host. */
class EnteredProgram extends Program {
  readonly #child: ChildProcess;

  constructor([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv) {
    super();
    this.#child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.said += text;
      });
    this.#child.once("exit", (code, signal) => {
      this.ended = code ?? signal ?? undefined;
    });
  }

  // Not what has entered the host for it.
  override signal(signal: NodeJS.Signals): void {
    const pid = this.#child.pid === undefined ? undefined : childOf(this.#child.pid);
    if (pid !== undefined) signalIfThere(pid, signal);
  }

  /** Lets what has entered the host for it, and stops with it, wait for it again. */
  keepWaiting(): void {
    if (this.ended === undefined) this.#child.kill("SIGCONT");
  }
}

/** All processes that see the same processes as one does. */
function processesLike(one: number): number[] {
  const space = spaceOf(one);
  if (space === "") return [];
  const all = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => spaceOf(pid) === space);
}

function spaceOf(pid: number): string {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

/** The letter of a process's state; X once it is gone. */
function stateOf(pid: number): string {
  return /\) (\S)/.exec(readProc(pid, "stat"))?.[1] ?? "X";
}
