import type { MailSettings } from "../core/mail-settings.ts";
import { composeMessage, senderOf } from "./compose.ts";
import { storeForm } from "./letter.ts";
import { testLetter } from "./office-letters.ts";
import { wireAddress } from "./recipients.ts";
import { serverOf } from "./server.ts";
import { transmit, USUAL_PATIENCE } from "./transmit.ts";

/** What came of a test mail. */
export interface TestMailAnswer {
  readonly taken: boolean;
  /** What the server did, or what stands in the way, in plain words. */
  readonly what: string;
  /** How to mend it; absent where there is nothing to mend. */
  readonly mend?: string;
  readonly warnings: readonly string[];
}

/** Sends a test mail to one address at once, past the outbox. */
export async function sendTestMail(
  settings: MailSettings,
  env: Readonly<Record<string, string | undefined>>,
  address: string,
): Promise<TestMailAnswer> {
  const wire = wireAddress(address);
  if (wire === undefined)
    return {
      taken: false,
      what: `${address} is no mail address`,
      mend: "write one as name@lab.org",
      warnings: [],
    };
  const answer = serverOf(settings, env);
  if (answer.kind === "unusable")
    return { taken: false, what: answer.why, mend: "mend the configuration", warnings: [] };
  const { server, warnings } = answer;
  const from = senderOf(settings.from);
  const nowMs = Date.now();
  const message = await composeMessage(storeForm(testLetter(address, nowMs), nowMs), from);
  const { signal } = new AbortController();
  const sent = await transmit(server, { from: from.address, to: [wire] }, message, USUAL_PATIENCE, signal);
  if (sent.kind === "failed") return { taken: false, ...sent.failure, warnings };
  const [refusal] = sent.refusals;
  const at = `${server.host}:${server.port}`;
  if (refusal === undefined)
    return { taken: true, what: `${at} has taken a test mail to ${address}: look for it there`, warnings };
  return {
    taken: false,
    what: `${at} refuses ${address}: ${refusal.why}`,
    mend: mendRefusal(refusal),
    warnings,
  };
}

function mendRefusal({ permanent, why }: { readonly permanent: boolean; readonly why: string }): string {
  if (/relay|not permitted|authenticat/i.test(why))
    return "this server passes mails on only for those it knows: log in with Smtp_User, or let its operator allow this machine";
  return permanent ? "check the address" : "the server wants to be asked again later: mails that wait are";
}
