/** Where a command writes to: a terminal, a pipe, a file, or a test's memory. */
export interface Sink {
  readonly isTTY: boolean;
  /** Width of the terminal in characters; infinite where there is none. */
  readonly columns: number;
  /** False when what was written waits in memory; `drained` then tells when to go on. */
  write(chunk: string | Uint8Array): boolean;
  drained(): Promise<void>;
}

/** Everything through which a command meets its surroundings, so that tests can give it others. */
export interface Io {
  /** For data. */
  readonly stdout: Sink;
  /** For messages. */
  readonly stderr: Sink;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  /** Puts a question on stderr and waits for one line; empty at the end of the input, undefined at Ctrl-C. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From the first call on, Ctrl-C and TERM abort this instead of ending the program. */
  readonly interruption: () => AbortSignal;
}
