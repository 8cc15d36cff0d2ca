import type { Liveness } from "../app/manager-state.ts";
import type { Config, LoadedConfig } from "../config/config.ts";
import type { ListedLetter } from "../job/letter.ts";
import type { Checked } from "../text/problem.ts";

/** The order to run a manager in this process. */
export interface ManagerOrder {
  readonly loaded: LoadedConfig;
  /** Reads the configuration anew, for a reload. */
  readonly load: () => Checked<LoadedConfig>;
  /** Writes the log to stderr as well. */
  readonly foreground: boolean;
  /** Meaning of a hang-up that has just come: read the configuration anew, or leave, as the terminal was closed. */
  readonly meaningOfHangUp: () => "reload" | "leave";
  /** Told once the queue is this manager's. */
  readonly onOpen?: () => void;
  /** Takes the queue from another manager that is not heard of. */
  readonly takeOver: boolean;
}

/** The order to run a worker in this process. */
export interface WorkerOrder {
  /** Of this machine; its `qmFolder` is the queue as it is mounted here. */
  readonly config: Config;
  /** Takes the name of a machine that was installed anew as this one. */
  readonly adoptName: boolean;
  /** Stops once the queue has nothing more for it. */
  readonly untilEmpty: boolean;
  /** The version of this program. */
  readonly program: string;
  /** Told once it is one of the queue's workers, by its name and the folder of its own records. */
  readonly onOpen: (name: string, folder: string) => void;
}

/** The order to serve the page by this process. */
export interface PageOrder {
  readonly loaded: LoadedConfig;
  /** Reads the configuration anew. */
  readonly load: () => Checked<LoadedConfig>;
  /** Told the page's address once it answers. */
  readonly onReady: (url: string) => void;
  /** Told what its operator ought to know. */
  readonly onTrouble: (text: string) => void;
}

/** The processors of this machine, where jobs can get some of their own. */
type PinningAnswer =
  | { readonly kind: "available"; readonly processors: readonly number[] }
  | { readonly kind: "unavailable"; readonly why: string };

/** The outcome of a test mail. */
interface TestMailAnswer {
  /** The server's act, or the obstacle, in plain words. */
  readonly what: string;
  /** Advice how to mend the obstacle; absent where the server has taken the mail. */
  readonly mend?: string;
  readonly warnings: readonly string[];
}

/** The functions for mails; those on an outbox throw what the file system throws. */
interface Mails {
  readonly listLetters: (outbox: string) => readonly ListedLetter[];
  /** Throws mails away, by their ids; gives the ids of those that were there. */
  readonly dropLetters: (outbox: string, ids: readonly string[]) => readonly string[];
  /** Sends a test mail at once. */
  readonly sendTestMail: (
    mail: Config["mail"],
    env: Readonly<Record<string, string | undefined>>,
    address: string,
  ) => Promise<TestMailAnswer>;
}

/** The functions of other layers that the commands need, passed in where the program is put together. */
export interface Services extends Liveness {
  /** Runs the manager until it is stopped. Throws `QmError`; `refused` when the queue has one already. */
  readonly runManager: (order: ManagerOrder) => Promise<void>;
  /** Runs a worker until it is stopped. Throws `QmError`; `refused` when its name is another machine's. */
  readonly runWorker: (order: WorkerOrder) => Promise<void>;
  /** Serves the page until the process is told to end, or loses the one that started it. Throws `QmError`. */
  readonly runPage: (order: PageOrder) => Promise<void>;
  readonly mails: () => Promise<Mails>;
  readonly pinningSupport: () => PinningAnswer;
  /** True where process 1 is Node.js, which waits for no children but its own. */
  readonly isNodeFirst: () => boolean;
  /** The file that a shell would run for this name, searching a PATH. */
  readonly findProgram: (name: string, searchPath: string) => string | undefined;
  /** This installation. */
  readonly installation: Installation;
}

/** The places of this program, as absolute paths. */
interface Installation {
  /** The Node.js that runs it. */
  readonly node: string;
  /** The built `qm.js`. */
  readonly script: string;
  /** The folder with `package.json`, the examples and `QMserv.cfg.example`. */
  readonly root: string;
}
