import MailComposer from "nodemailer/lib/mail-composer";
import { messageHost } from "./letter.ts";
import { wireAddress } from "./recipients.ts";
import type { StoredLetter } from "./stored-letter.ts";

/** The sender of a letter. */
export interface FromAddress {
  readonly name: string;
  readonly address: string;
}

/** The sender that `From` names, or one made from this machine's name. */
export function fromAddressOf(from: string | undefined): FromAddress {
  const found = /^([^<>]*)<([^<>]*)>$/.exec(from ?? "");
  const name = found?.[1]?.trim() ?? (from === undefined ? "QueueManager" : "");
  const address = found?.[2] ?? from ?? `queuemanager@${messageHost()}`;
  return { name, address: wireAddress(address) ?? address };
}

/** A letter as the bytes that go to the mail server. Addresses and texts are handed over as such, never as syntax. */
export async function composeMessage(letter: StoredLetter, from: FromAddress): Promise<Buffer> {
  const { job, outcome, html } = letter;
  const composer = new MailComposer({
    from: { ...from },
    to: letter.to.flatMap((address) => {
      const wire = wireAddress(address);
      return wire === undefined ? [] : [{ name: "", address: wire }];
    }),
    subject: letter.subject,
    text: letter.text,
    ...(html === undefined ? {} : { html }),
    messageId: letter.messageId,
    date: new Date(letter.createdAt),
    headers: {
      "Auto-Submitted": "auto-generated",
      ...(job === undefined ? {} : { "X-QM-Job": job }),
      ...(outcome === undefined ? {} : { "X-QM-Outcome": outcome }),
    },
    normalizeHeaderKey: (key) => key.replace(/^X-Qm-/, "X-QM-"),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}
