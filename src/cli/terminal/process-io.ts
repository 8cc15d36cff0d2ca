import { createInterface } from "node:readline/promises";
import { tryOr } from "../../text/try-or.ts";
import type { Io, Sink } from "./output.ts";

/** The surroundings of the real program. */
export function processIo(): Io {
  process.stdout.on("error", endUnheard);
  // Messages that nobody can read are no reason to stop, least of all for a manager.
  process.stderr.on("error", () => undefined);
  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    ask: askOnTerminal,
    cwd: currentFolder(),
    env: process.env,
    interruption,
  };
}

// The reader has closed the pipe (`qm history | head`): nothing is wrong.
function endUnheard({ code }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") process.exit(0);
  process.stderr.write(
    `qm: what it has to say cannot be written (${code})\n  to mend:  make room where its output goes\n`,
  );
  process.exit(1);
}

// The working directory of a terminal may be deleted: its name is as good for messages, and `--config` still works.
function currentFolder(): string {
  return tryOr(() => process.cwd(), process.env["PWD"] ?? "/");
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      // Serial lines and terminals made by programs do not know how wide they are.
      return stream.isTTY === true && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY;
    },
    write: (chunk) => stream.write(chunk),
    drained: () => new Promise((resolve) => stream.once("drain", resolve)),
  };
}

async function askOnTerminal(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answered = lines.question(question);
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  // The terminal hands Ctrl-C over as a key while a line is read.
  const interrupted = new Promise<undefined>((resolve) => lines.once("SIGINT", () => resolve(undefined)));
  const answer = await Promise.race([answered, closed, interrupted]);
  lines.close();
  if (answer === undefined) process.stderr.write("\n");
  return answer;
}

let interrupted: AbortController | undefined;

/** `timeout` and `npx` hand a signal on that the whole group has got already: within this time two count as one. */
const ONE_WISH_MS = 500;

// The second Ctrl-C ends the program at once, should the first not reach what goes on.
function interruption(): AbortSignal {
  if (interrupted !== undefined) return interrupted.signal;
  const controller = new AbortController();
  interrupted = controller;
  let firstMs = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      const nowMs = performance.now();
      if (!controller.signal.aborted) firstMs = nowMs;
      else if (nowMs - firstMs > ONE_WISH_MS) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}
