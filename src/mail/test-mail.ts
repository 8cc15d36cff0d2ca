import type { MailSettings } from "../job/job-info.ts";
import { composeMessage, fromAddressOf } from "./compose.ts";
import { storeForm } from "./letter.ts";
import { testLetter } from "./manager-letters.ts";
import { wireAddress } from "./recipients.ts";
import { serverOf } from "./server.ts";
import { transmit, USUAL_PATIENCE } from "./transmit.ts";

/** The outcome of a test mail. */
interface TestMailAnswer {
  /** The server's act, or the obstacle, in plain words. */
  readonly what: string;
  /** Advice how to mend the obstacle; absent where the server has taken the mail. */
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
  if (wire === undefined) return failed(`${address} is no mail address`, "write one as name@lab.org");
  const answer = serverOf(settings, env);
  if (answer.kind === "unusable") return failed(answer.why, "mend the configuration");
  const { server, warnings } = answer;
  const from = fromAddressOf(settings.from);
  const nowMs = Date.now();
  const message = await composeMessage(storeForm(testLetter(address, nowMs), nowMs), from);
  const { signal } = new AbortController();
  const sent = await transmit(server, { from: from.address, to: [wire] }, message, USUAL_PATIENCE, signal);
  if (sent.kind === "failed") return failed(sent.failure.what, sent.failure.mend, warnings);
  const [refusal] = sent.refusals;
  const at = `${server.host}:${server.port}`;
  if (refusal === undefined)
    return { what: `${at} has taken a test mail to ${address}: look for it there`, warnings };
  const mend = refusal.permanent
    ? "check the address"
    : "the server asks to try later; waiting mails are tried again by themselves";
  return failed(`${at} refuses ${address}: ${refusal.why}`, mend, warnings);
}

function failed(what: string, mend: string, warnings: readonly string[] = []): TestMailAnswer {
  return { what, mend, warnings };
}
