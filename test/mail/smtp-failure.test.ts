import { expect, it } from "vitest";
import { failureOf, SmtpError } from "../../src/mail/smtp-failure.ts";

const SERVER = { host: "mail.lab", port: 25, secure: false, needsTls: false, verifies: false };

it("a server that wants a login first is told from one that refuses the sender", () => {
  const wants = new SmtpError("x", {
    command: "MAIL FROM",
    responseCode: 530,
    response: "530 Authentication required",
  });
  expect(failureOf(wants, SERVER)).toEqual({
    what: "mail.lab:25 wants a login first: 530 Authentication required",
    mend: "set Smtp_User, and the password in Smtp_Password_File or QM_SMTP_PASSWORD",
  });
  const refuses = new SmtpError("x", { command: "MAIL FROM", responseCode: 550, response: "550 no" });
  expect(failureOf(refuses, SERVER).mend).toContain("set From");
});
