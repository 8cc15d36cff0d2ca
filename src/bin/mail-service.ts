import type { Services } from "../cli/services.ts";
import { dropLetters, listLetters } from "../mail/stored-letter.ts";
import { sendTestMail } from "../mail/test-mail.ts";

/** The functions of the command line for mails. */
export const mailService: Pick<Services, "listMails" | "dropMails" | "sendTestMail"> = {
  listMails: async (outbox) => listLetters(outbox),
  dropMails: async (outbox, ids) => dropLetters(outbox, ids),
  sendTestMail,
};
