import type { Config } from "../config/config.ts";
import { type Finding, failure, fine, warning } from "./doctor-finding.ts";
import type { Session } from "./session.ts";

const SUBJECT = "mail";

/** Sends a test mail, and tells what came of it. */
export async function checkMail(
  { services, io }: Session,
  { mail }: Config,
  address: string,
): Promise<Finding[]> {
  const answer = await services.sendTestMail(mail, io.env, address);
  return [
    answer.kind === "taken" ? fine(SUBJECT, answer.what) : failure(SUBJECT, answer.what, answer.mend),
    ...answer.warnings.map((text) =>
      warning(SUBJECT, text, "so that no other user of this machine reads it"),
    ),
    ...(mail.active
      ? []
      : [warning(SUBJECT, "MailActive is False: no job sends mails", "MailActive = True")]),
    ...(mail.from === undefined
      ? [warning(SUBJECT, "From is not set: servers may refuse the sender", "set From in [Mail]")]
      : []),
  ];
}
