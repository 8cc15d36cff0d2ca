import type { MailSettings } from "../job/job-info.ts";
import { composeMessage, fromAddressOf } from "./compose.ts";
import { storeForm } from "./letter.ts";
import { testLetter } from "./office-letters.ts";
import { wireAddress } from "./recipients.ts";
import { serverOf } from "./server.ts";
import { transmit, USUAL_PATIENCE } from "./transmit.ts";

interface Told {
  /** What the server did, or what stands in the way, in plain words. */
  readonly what: string;
  readonly warnings: readonly string[];
}

/** What came of a test mail; `mend` says how to mend what stands in its way. */
export type TestMailAnswer =
  | (Told & { readonly kind: "taken" })
  | (Told & { readonly kind: "failed"; readonly mend: string });

/** Sends a test mail to one address at once, past the outbox. */
export async function sendTestMail(
  settings: MailSettings,
  env: Readonly<Record<string, string | undefined>>,
  address: string,
): Promise<TestMailAnswer> {
  const wire = wireAddress(address);
  if (wire === undefined)
    return {
      kind: "failed",
      what: `${address} is no mail address`,
      mend: "write one as name@lab.org",
      warnings: [],
    };
  const answer = serverOf(settings, env);
  if (answer.kind === "unusable")
    return { kind: "failed", what: answer.why, mend: "mend the configuration", warnings: [] };
  const { server, warnings } = answer;
  const from = fromAddressOf(settings.from);
  const nowMs = Date.now();
  const message = await composeMessage(storeForm(testLetter(address, nowMs), nowMs), from);
  const { signal } = new AbortController();
  const sent = await transmit(server, { from: from.address, to: [wire] }, message, USUAL_PATIENCE, signal);
  if (sent.kind === "failed") return { kind: "failed", ...sent.failure, warnings };
  const [refusal] = sent.refusals;
  const at = `${server.host}:${server.port}`;
  if (refusal === undefined)
    return { kind: "taken", what: `${at} has taken a test mail to ${address}: look for it there`, warnings };
  return {
    kind: "failed",
    what: `${at} refuses ${address}: ${refusal.why}`,
    mend: refusal.permanent
      ? "check the address"
      : "the server asks to try later; waiting mails are tried again by themselves",
    warnings,
  };
}
