import { readMailMoments } from "../job/info-values.ts";
import { wholeNumber } from "../text/parsed.ts";
import { addresses, domains, heloName, oneLine, pageUrl, sender, smtpUrl } from "./mail-values.ts";
import { mail, optional, server } from "./parser.ts";
import { absolutePath, boolean, host, timeInSeconds } from "./quantities.ts";

/** The keys of the mails. */
export const MAIL_KEYS = {
  active: server("MailActive", "False", boolean).says(
    "Sends mails to the owners of jobs; needs the section [Mail].",
  ),
  smtpUrl: mail("Smtp", "", optional(smtpUrl)).says(
    "The mail server as an address, smtp://server or smtps://server:port.",
  ),
  smtpHost: mail("Smtp_Host", "", optional(host)).says("The mail server's name, instead of Smtp."),
  smtpPort: mail("Smtp_Port", "", optional(wholeNumber(1, 65_535))).says(
    "The mail server's port; by default the usual one.",
  ),
  smtpUser: mail("Smtp_User", "", optional(oneLine)).says(
    "The name to log in with, where the mail server asks for one.",
  ),
  smtpSecure: mail("Smtp_Secure", "False", boolean).says(
    "Encrypts from the first byte (usual on port 465) instead of after a greeting in the clear.",
  ),
  smtpPasswordFile: mail("Smtp_Password_File", "", optional(absolutePath)).says(
    "A file that holds the password; QM_SMTP_PASSWORD in the environment comes first.",
  ),
  smtpInsecure: mail("Smtp_Insecure", "False", boolean).says(
    "Accepts a mail server without encryption or with a certificate nobody vouches for.",
  ),
  smtpCaFile: mail("Smtp_Ca_File", "", optional(absolutePath)).says(
    "A file with the certificates that vouch for the mail server, where it is not a public one.",
  ),
  smtpHelo: mail("Smtp_Helo", "", optional(heloName)).says(
    "What this machine calls itself to the mail server; by default its full name, else the domain of From or of Page_Url.",
  ),
  from: mail("From", "", optional(sender)).says("The sender of the mails."),
  pageUrl: mail("Page_Url", "", optional(pageUrl)).says("The page's address for the links in mails."),
  pathAs: mail("Path_As", "", optional(oneLine)).says(
    "What QM_FOLDER is called on the users' machines, for the paths in mails and on the page.",
  ),
  on: mail("Mail_On", "end", readMailMoments).says(
    "When to mail if the job does not say: end, fail, start, all or none.",
  ),
  admins: mail("Mail_Admin", "", addresses).says("Who gets the mails about the manager itself."),
  allowedDomains: mail("Mail_Allowed_Domains", "", domains).says(
    "The only domains that the addresses of jobs may have; empty allows all.",
  ),
  dailyCap: mail("Mail_Daily_Cap", "200", wholeNumber(1)).says(
    "The most mails sent to one address in one day; what would be more is summed up in one.",
  ),
  giveUpSeconds: mail("Mail_Give_Up", "3 days", timeInSeconds).says(
    "How long a mail is tried again while the mail server does not take it.",
  ),
};
