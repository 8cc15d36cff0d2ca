import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { afterTest } from "./tidy-up.ts";
import { until } from "./until.ts";

/** The address of a file server on the wire. */
export const SERVER = "10.77.0.1";

/** Runs a program that ends, however that may be, with the process of the test. */
export const UNTIL_TEST_ENDS = ["setpriv", "--pdeathsig", "KILL"];

/** Runs a program whose processes end with it. */
export const PROCESSES_APART = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

const LAYING = `
  set -e
  ip link set lo up
  ip link add bridge type bridge
  ip address add ${SERVER}/24 dev bridge
  ip link set bridge up
  echo up
  exec sleep infinity
`;

/** A network of its own, with a bridge that guests and file server are on. It is gone after the test. */
export class Wire {
  readonly #entering: readonly string[];

  private constructor(keeper: number) {
    this.#entering = [...UNTIL_TEST_ENDS, "nsenter", `--net=/proc/${keeper}/ns/net`];
  }

  static async lay(): Promise<Wire> {
    const keeper = start([...UNTIL_TEST_ENDS, "unshare", "--net", "sh", "-c", LAYING], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    afterTest(() => keeper.kill("SIGKILL"));
    let isUp = false;
    keeper.stdout?.on("data", () => {
      isUp = true;
    });
    await until("a network", () => isUp);
    return new Wire(keeper.pid ?? 0);
  }

  /** Starts a program in it. */
  start(command: readonly string[], options: SpawnOptions): ChildProcess {
    return start([...this.#entering, ...command], options);
  }

  /** Runs a program in it, and gives what it wrote. Throws where it fails. */
  run(...command: readonly string[]): string {
    const [program, ...args] = [...this.#entering, ...command] as [string];
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Adds the network card of a guest. */
  addCard(name: string): void {
    this.run("ip", "tuntap", "add", "mode", "tap", "name", name);
    this.run("ip", "link", "set", name, "up");
    this.plugIn(name);
  }

  plugIn(card: string): void {
    this.run("ip", "link", "set", card, "master", "bridge");
  }

  unplug(card: string): void {
    this.run("ip", "link", "set", card, "nomaster");
  }
}

function start([program = "", ...args]: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(program, args, options);
}
