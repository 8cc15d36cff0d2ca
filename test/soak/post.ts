import type { Random } from "../support/random.ts";
import { type Behaviour, decodedHeader, type TakenMail, TestMailServer } from "../support/smtp.ts";
import { pause } from "../support/until.ts";
import { REFUSED_DOMAIN } from "./audit-letters.ts";
import { draw, type Weighted } from "./chance.ts";
import type { TakenLetter } from "./evidence.ts";

/** The mail server, which is ill from time to time. What it took it has taken, however it goes on. */
export class Post {
  readonly letters: TakenLetter[] = [];
  readonly #port: number;
  #server: TestMailServer | undefined;

  private constructor(server: TestMailServer) {
    this.#server = server;
    this.#port = server.port;
    this.behave({});
  }

  static async open(): Promise<Post> {
    return new Post(await TestMailServer.start());
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  /** Behaves in some way, beside refusing one domain for good. */
  behave(behaviour: Behaviour): void {
    if (this.#server === undefined) return;
    this.#server.behaviour = {
      ...behaviour,
      recipient: (address) =>
        address.endsWith(`@${REFUSED_DOMAIN}`)
          ? { code: 550, words: "5.1.1 no such user" }
          : behaviour.recipient?.(address),
    };
  }

  /** Goes down, with all connections. */
  async goDown(): Promise<void> {
    await this.#server?.close();
    this.collect();
    this.#server = undefined;
  }

  /** Comes up again where it was, in good health. */
  async comeUp(): Promise<void> {
    this.#server ??= await TestMailServer.start({ port: this.#port });
    this.behave({});
  }

  /** Keeps of the mails taken so far what the audit wants. */
  collect(): void {
    const taken = this.#server?.mails as TakenMail[] | undefined;
    this.letters.push(...(taken ?? []).splice(0).map(letterOf));
  }
}

function letterOf(mail: TakenMail): TakenLetter {
  return {
    to: mail.to,
    messageId: mail.parsed.messageId ?? "",
    job: decodedHeader(mail, "x-qm-job"),
    outcome: decodedHeader(mail, "x-qm-outcome"),
  };
}

interface MailFault extends Weighted {
  readonly fault: string;
  readonly begin: (post: Post) => Promise<void> | void;
}

const LATER = { code: 451, words: "4.3.0 later" };

/** The faults of mail servers. */
const MAIL_FAULTS: readonly MailFault[] = [
  { fault: "puts letters off", weight: 2, begin: (post) => post.behave({ message: () => LATER }) },
  { fault: "puts readers off", weight: 2, begin: (post) => post.behave({ recipient: () => LATER }) },
  {
    fault: "is busy",
    weight: 1,
    begin: (post) => post.behave({ sender: () => ({ code: 421, words: "4.3.2 busy" }) }),
  },
  { fault: "is slow", weight: 2, begin: (post) => post.behave({ delayMs: 200 }) },
  { fault: "hangs", weight: 2, begin: (post) => post.behave({ delayMs: Number.POSITIVE_INFINITY }) },
  {
    fault: "breaks off in DATA",
    weight: 2,
    begin: (post) => post.behave({ onData: (socket) => socket.destroy() }),
  },
  { fault: "is down", weight: 3, begin: (post) => post.goDown() },
];

/** One fault, from its beginning until all is well again; gives what it was. */
export async function mailFault(post: Post, random: Random): Promise<string> {
  const { fault, begin } = draw(random, MAIL_FAULTS);
  await begin(post);
  await pause(random.between(500, 5000));
  // Whoever is kept waiting has to be let go.
  await post.goDown();
  await post.comeUp();
  return fault;
}
