import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { until } from "./until.ts";
import { PROCESSES_APART, SERVER, type Wire } from "./wire.ts";

/** A kind of network mount: the server's program, and how a guest mounts the folder. */
export interface MountKind {
  /** `NFS 4.1`. */
  readonly name: string;
  /** Programs that this machine needs for it, with their packages. */
  readonly needs: Readonly<Record<string, string>>;
  /**
   * Writes what the server is configured by.
   * @param share the folder that it serves
   * @param folder for its own files
   * @returns the command that runs it in the foreground
   */
  readonly server: (share: string, folder: string) => readonly string[];
  /** The port that it listens on. */
  readonly port: number;
  /** Modules of a guest's kernel that the mount takes. */
  readonly modules: readonly string[];
  /** The command by which a guest mounts it. */
  readonly mount: (mountPoint: string, options: string, share: string) => string;
}

/** NFS 4.1, served by nfs-ganesha. */
export const NFS: MountKind = {
  name: "NFS 4.1",
  needs: { "ganesha.nfsd": "nfs-ganesha nfs-ganesha-vfs", "mount.nfs4": "nfs-common" },
  port: 2049,
  modules: ["nfsv4"],
  server(share, folder) {
    fs.mkdirSync(path.join(folder, "recovery"), { recursive: true });
    fs.writeFileSync(
      path.join(folder, "ganesha.conf"),
      `NFS_CORE_PARAM { Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }
NFSv4 { Lease_Lifetime = 10; Grace_Period = 10; RecoveryBackend = fs; RecoveryRoot = ${folder}/recovery; Only_Numeric_Owners = true; }
EXPORT { Export_Id = 1; Path = ${share}; Pseudo = /share; Access_Type = RW; Squash = No_Root_Squash; SecType = sys; Protocols = 4; Transports = TCP; FSAL { Name = VFS; } }
`,
    );
    const files = { "-f": "ganesha.conf", "-L": "ganesha.log", "-p": "ganesha.pid" };
    const named = Object.entries(files).flatMap(([option, name]) => [option, path.join(folder, name)]);
    return ["ganesha.nfsd", "-F", "-N", "NIV_EVENT", ...named];
  },
  mount: (mountPoint, options) =>
    `mount -t nfs4 -o vers=4.1,hard,timeo=50,${options} ${SERVER}:/share ${mountPoint}`,
};

/** SMB 3, served by Samba: the kernel's client (cifs). */
export const SMB: MountKind = {
  name: "SMB 3",
  needs: { smbd: "samba", "mount.cifs": "cifs-utils" },
  port: 445,
  // The guest's kernel finds none by itself.
  modules: (
    "cmac ccm gcm aes_generic sha512_generic sha256_generic hmac md5 ecb ctr " +
    "cifs_arc4 cifs_md4 nls_utf8 nls_cp437 cifs"
  ).split(" "),
  server(share, folder) {
    const kinds = [
      "state directory",
      "cache directory",
      "lock directory",
      "private dir",
      "pid directory",
      "ncalrpc dir",
    ];
    const own = kinds.map((kind) => {
      const place = path.join(folder, kind.replace(" ", "-"));
      fs.mkdirSync(place, { recursive: true });
      return `${kind} = ${place}`;
    });
    const config = path.join(folder, "smb.conf");
    const global = [
      "server role = standalone server",
      "map to guest = Bad User",
      "guest account = root",
      "disable netbios = yes",
    ];
    const shared = ["[share]", `path = ${share}`, "guest ok = yes", "read only = no"];
    fs.writeFileSync(
      config,
      ["[global]", ...global, ...own, `log file = ${folder}/log`, ...shared, ""].join("\n"),
    );
    return ["smbd", "--foreground", "--no-process-group", `--configfile=${config}`];
  },
  mount: (mountPoint, options) => `mount.cifs //${SERVER}/share ${mountPoint} -o guest,vers=3.0,${options}`,
};

/** The folder by SFTP, as sshfs has it, without the encryption around it. */
export const SFTP: MountKind = {
  name: "sshfs",
  needs: { sshfs: "sshfs", "/usr/lib/openssh/sftp-server": "openssh-sftp-server" },
  port: 2222,
  modules: ["fuse"],
  server(_share, folder) {
    const program = path.join(folder, "server.mjs");
    fs.writeFileSync(
      program,
      `import { spawn } from "node:child_process";
import net from "node:net";
net.createServer((socket) => {
  const { stdin, stdout } = spawn("/usr/lib/openssh/sftp-server", { stdio: ["pipe", "pipe", "ignore"] });
  for (const stream of [socket, stdin, stdout]) stream.on("error", () => socket.destroy());
  socket.pipe(stdin);
  stdout.pipe(socket);
}).listen(2222);
`,
    );
    return [process.execPath, program];
  },
  mount: (mountPoint, options, share) =>
    `sshfs -o directport=2222,${options} ${SERVER}:${share} ${mountPoint}`,
};

/** A server on the wire, which keeps nothing that its next life would need but its folder. */
export class FileServer {
  readonly #wire: Wire;
  readonly #command: readonly string[];
  readonly #port: number;
  #process: ChildProcess | undefined;

  constructor(kind: MountKind, wire: Wire, share: string, folder: string) {
    this.#wire = wire;
    this.#port = kind.port;
    fs.mkdirSync(folder, { recursive: true });
    this.#command = kind.server(share, folder);
  }

  /** Starts it, and waits until it listens. */
  async start(): Promise<void> {
    const server = this.#wire.start([...PROCESSES_APART, ...this.#command], { stdio: "ignore" });
    this.#process = server;
    await until("the file server", () => {
      if (server.exitCode !== null)
        throw new Error(`${this.#command.join(" ")} ended with ${server.exitCode}`);
      return this.#listens();
    });
  }

  /** Ends it without a warning. */
  async kill(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    server?.kill("SIGKILL");
    await until("the end of the file server", () => !this.#listens());
  }

  #listens(): boolean {
    return this.#wire.run("ss", "-Hltn", `sport = :${this.#port}`) !== "";
  }
}
