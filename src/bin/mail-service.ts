import type { Services } from "../cli/services.ts";
import { dropLetters, listLetters } from "../mail/stored-letter.ts";
import { sendTestMail } from "../mail/test-mail.ts";

/** What the command line can do with mails. */
export const mailService: Pick<Services, "listMails" | "dropMails" | "sendTestMail"> = {
  listMails: async (outbox) => listLetters(outbox),
  dropMails: async (outbox, ids) => dropLetters(outbox, ids),
  sendTestMail,
};
