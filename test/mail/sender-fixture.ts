import fs from "node:fs";
import path from "node:path";
import type { MailSettings } from "../../src/job/job-info.ts";
import { DailyCount } from "../../src/mail/daily-count.ts";
import { type Letter, storeForm } from "../../src/mail/letter.ts";
import { Outbox } from "../../src/mail/outbox.ts";
import { Sender } from "../../src/mail/sender.ts";
import type { StoredLetter } from "../../src/mail/stored-letter.ts";
import { type Patience, USUAL_PATIENCE } from "../../src/mail/transmit.ts";
import { scratchFolder } from "../support/scratch.ts";
import { type ServerOptions, TestMailServer } from "../support/smtp.ts";
import { afterTest } from "../support/tidy-up.ts";
import { until } from "../support/until.ts";

/** A mail server that is closed after the test. */
export async function mailServer(options: ServerOptions = {}): Promise<TestMailServer> {
  const server = await TestMailServer.start(options);
  afterTest(() => server.close());
  return server;
}

export const SETTINGS: MailSettings = {
  active: true,
  smtpUrl: undefined,
  smtpHost: undefined,
  smtpPort: undefined,
  smtpUser: undefined,
  smtpSecure: false,
  smtpPasswordFile: undefined,
  smtpInsecure: false,
  smtpCaFile: undefined,
  smtpHelo: undefined,
  from: "qm@lab.org",
  pageUrl: undefined,
  pathAs: undefined,
  on: ["end"],
  admins: [],
  allowedDomains: [],
  dailyCap: 200,
  giveUpSeconds: 3 * 24 * 3600,
};

/** For servers that never answer. */
export const BRISK: Patience = { connectMs: 500, greetingMs: 500, silenceMs: 500, letterMs: 5000 };

/** An outbox with a sender that tries again after milliseconds. */
export class TestSender {
  readonly folder = path.join(scratchFolder(), "outbox");
  readonly outbox = new Outbox(this.folder);
  readonly givenUp: StoredLetter[] = [];
  readonly told: string[] = [];
  now = new Date();
  settings: MailSettings;
  readonly #env: Readonly<Record<string, string>>;
  readonly #patience: Patience;
  #sender: Sender | undefined;

  constructor(
    settings: Partial<MailSettings>,
    env: Readonly<Record<string, string>> = {},
    patience = USUAL_PATIENCE,
  ) {
    this.settings = { ...SETTINGS, ...settings };
    this.#env = env;
    this.#patience = patience;
    afterTest(() => this.stop());
  }

  get sender(): Sender {
    this.#sender ??= this.#make();
    return this.#sender;
  }

  start(): Sender {
    this.sender.start();
    return this.sender;
  }

  async stop(): Promise<void> {
    await this.#sender?.stop();
    this.#sender = undefined;
  }

  post(key: string, to: readonly string[] = ["ada@lab.org"], createdAtMs = Date.now()): StoredLetter {
    const letter = storeForm(letterOf(key, to), createdAtMs);
    this.outbox.post(letter);
    this.#sender?.wake();
    return letter;
  }

  async isEmpty(): Promise<void> {
    await until("an empty outbox", () => this.outbox.names.size === 0).catch((error: Error) => {
      throw new Error(`${error.message}; ${this.told.join("\n")}`);
    });
  }

  /** The letters that could not be delivered. */
  undelivered(): StoredLetter[] {
    const folder = path.join(this.folder, "undelivered");
    if (!fs.existsSync(folder)) return [];
    return fs.readdirSync(folder).map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")));
  }

  #make(): Sender {
    return new Sender({
      outbox: this.outbox,
      counts: new DailyCount(this.folder, () => this.now),
      settings: () => this.settings,
      env: this.#env,
      events: {
        onGivenUp: (letter) => this.givenUp.push(letter),
        info: (message, fields) => this.told.push(`${message} ${JSON.stringify(fields ?? {})}`),
        warn: (message, fields) => this.told.push(`${message} ${JSON.stringify(fields ?? {})}`),
      },
      pauses: { firstMs: 20, longestMs: 100 },
      patience: this.#patience,
    });
  }
}

export function letterOf(key: string, to: readonly string[], changes: Partial<Letter> = {}): Letter {
  return {
    key: [key],
    about: "job",
    to,
    subject: `about ${key}`,
    body: { heading: key, cause: [], rows: [], advice: [] },
    job: key,
    outcome: "done",
    ...changes,
  };
}
