import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { STAGES } from "../../src/queue/layout.ts";
import { FileServer, type MountKind } from "./file-servers.ts";
import { Guest, tellConsole } from "./guest.ts";
import type { Hosts } from "./host.ts";
import { QueueFolder, type Sections } from "./queue-folder.ts";
import { scratchFolder } from "./scratch.ts";
import { afterTest } from "./tidy-up.ts";
import { orSkip } from "./tools.ts";
import { Wire } from "./wire.ts";

const MODULES = "/usr/lib/uml/modules";
const NEEDS: Readonly<Record<string, string>> = {
  "linux.uml": "user-mode-linux",
  modprobe: "kmod",
  ip: "iproute2",
};

/** True where guests with this kind of mount can be made, as `orSkip`. */
export function guestsOrSkip(kind: MountKind): boolean {
  const missing = Object.entries({ ...NEEDS, ...kind.needs }).filter(([program]) => !hasProgram(program));
  const packages = missing.map(([program, name]) => `${program} (package ${name})`).join(", ");
  return (
    orSkip(
      process.geteuid?.() === 0 && fs.existsSync("/dev/net/tun"),
      `root and /dev/net/tun, for ${kind.name}`,
    ) &&
    orSkip(
      !/\bamx_tile\b/.test(fs.readFileSync("/proc/cpuinfo", "utf8")),
      "a processor without AMX, for User-Mode Linux",
    ) &&
    orSkip(missing.length === 0, `${packages}, for ${kind.name}`)
  );
}

function hasProgram(name: string): boolean {
  return spawnSync("which", [name], { stdio: "ignore" }).status === 0;
}

/** Hosts with kernels of their own, and the server of the folder that they have mounted. */
export interface Guests extends Hosts {
  /** One more, at which people copy jobs; no program of the queue runs there. */
  readonly desk: Guest;
  /** The mount point of the shared folder, on each. */
  readonly mountPoint: string;
  readonly server: FileServer;
}

/** Options of guests. */
export interface GuestsOptions {
  readonly kind: MountKind;
  /** Options of the mount. */
  readonly mount: string;
  /** The configuration of each host, without `QM_FOLDER`. */
  readonly config: Sections;
  /** The size of the file server's disk; as large as this machine's where it is not given. */
  readonly shareMegabytes?: number;
}

/** Makes hosts `lab1`, `lab2`, … that mount one folder over a network. All is removed after the test. */
export async function makeGuests(
  count: number,
  { kind, mount, config, shareMegabytes }: GuestsOptions,
): Promise<Guests> {
  const base = scratchFolder();
  const at = (name: string) => path.join(base, name);
  for (const name of ["share", "view", "kernel/lib"]) fs.mkdirSync(at(name), { recursive: true });
  if (shareMegabytes !== undefined) mountDisk(at("share"), shareMegabytes);
  fs.symlinkSync(MODULES, at("kernel/lib/modules"));
  fs.writeFileSync(at("ledger"), "");
  const queue = new QueueFolder(at("share"), STAGES);
  const wire = await Wire.lay();
  const server = new FileServer(kind, wire, at("share"), at("server"));
  afterTest(() => server.kill());
  await server.start();
  const load = kind.modules.map((module) => `modprobe -d ${at("kernel")} ${module}`);
  const mountPoint = at("view");
  const ledger = at("ledger");
  const mounting = [...load, kind.mount(mountPoint, mount, at("share"))].join("; ");
  const guest = (name: string, number: number) =>
    new Guest({ name, number, folder: at(name), wire, mount: mounting, mountPoint, config, ledger });
  const desk = guest("desk", 0);
  const hosts = Array.from({ length: count }, (_, index) => guest(`lab${index + 1}`, index + 1));
  afterTest(async () => {
    for (const host of [desk, ...hosts]) await host.crash();
  });
  for (const host of [desk, ...hosts]) await host.boot();
  const deliver: Hosts["deliver"] = (name, options, files) =>
    copyIn(
      desk,
      queue.stage(options, { QM_READY: "", ...files }),
      path.join(mountPoint, "QM/QM_qJobs", name),
    );
  return { hosts, desk, queue, server, mountPoint, ledger, tell: tellConsole, deliver };
}

/** Mounts a disk of its own, which is gone after the test. */
function mountDisk(folder: string, megabytes: number): void {
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}M`, "none", folder], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  afterTest(() => spawnSync("umount", ["--lazy", folder]));
}

async function copyIn(desk: Guest, folder: string, target: string): Promise<void> {
  const part = `${target}.part`;
  const copy = desk.start(["sh", "-c", 'cp -r "$0" "$1" && mv "$1" "$2"', folder, part, target]);
  if ((await copy.end()) !== 0) throw new Error(`the copying in failed: ${copy.said}`);
}
