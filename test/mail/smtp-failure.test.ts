import { describe, expect, it } from "vitest";
import { failureOf, refusesClient, type SmtpError, smtpError } from "../../src/mail/smtp-failure.ts";

const SERVER = {
  host: "mail.lab",
  port: 25,
  helo: "lab.org",
  secure: false,
  needsTls: false,
  verifies: false,
};

it("a server that wants a login first is told from one that refuses the sender", () => {
  const wants = smtpError("x", {
    command: "MAIL FROM",
    responseCode: 530,
    response: "530 Authentication required",
  });
  expect(failureOf(wants, SERVER)).toEqual({
    what: "mail.lab:25 wants a login first: 530 Authentication required",
    mend: "set Smtp_User, and the password in Smtp_Password_File or QM_SMTP_PASSWORD",
  });
  const refuses = smtpError("x", { command: "MAIL FROM", responseCode: 550, response: "550 no" });
  expect(failureOf(refuses, SERVER).mend).toContain("set From");
});

describe("a refusal", () => {
  function atRcpt(...responses: readonly string[]): SmtpError {
    const rejectedErrors = responses.map((response) => Object.assign(new Error(response), { response }));
    return smtpError("all recipients were rejected", { command: "RCPT TO", rejectedErrors });
  }

  it.each([
    "504 5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname",
    "450 4.7.1 <vm>: Helo command rejected: Host not found",
    "554 5.7.1 <unknown[192.168.1.5]>: Client host rejected: Access denied",
    "550-5.7.25 the sending address has no PTR record",
    "503 EHLO first",
    "504 need another name",
    "550 relay not permitted",
  ])("of the client: %s", (response) => {
    expect(refusesClient(atRcpt(response))).toBe(true);
    expect(refusesClient(atRcpt(response, response))).toBe(true);
    expect(failureOf(atRcpt(response), SERVER).mend).toContain("Smtp_Helo");
  });

  it.each([
    "550 5.1.1 no such user here",
    "550 no such user",
    "452 4.2.2 mailbox full",
    "450 4.7.1 greylisted, try again later",
    "552 5.2.2 over quota",
  ])("of a reader: %s", (response) => {
    expect(refusesClient(atRcpt(response))).toBe(false);
  });

  it("is of one reader where another is refused for himself", () => {
    expect(refusesClient(atRcpt("550 5.7.1 relaying denied", "550 5.1.1 no such user"))).toBe(false);
  });

  it.each([
    ["CONN", 554, "554 5.7.1 no service for you"],
    ["EHLO", 421, "421 you are not welcome"],
    ["HELO", 501, "501 Syntactically invalid HELO argument(s)"],
    ["MAIL FROM", 550, "550 5.7.1 Helo command rejected: Access denied"],
  ])("of the client at %s: %i", (command, responseCode, response) => {
    const error = smtpError("x", { command, responseCode, response });
    expect(refusesClient(error)).toBe(true);
    expect(failureOf(error, SERVER)).toMatchObject({
      what: `mail.lab:25 refuses this machine, which calls itself lab.org: ${response}`,
    });
  });

  it("of the client's name with 421 may pass", () => {
    const error = smtpError("x", { command: "EHLO", responseCode: 421, response: "421 4.3.2 busy" });
    expect(failureOf(error, SERVER).mend).toMatch(/^it is tried again; if it lasts, set Smtp_Helo /);
  });

  it.each([
    ["DATA", "EENVELOPE"],
    ["AUTH PLAIN", "EAUTH"],
    ["MAIL FROM", "EENVELOPE"],
  ])("to talk any longer, as the answer to %s, is none of what was asked", (command, code) => {
    const error = smtpError("x", { code, command, responseCode: 421, response: "421 closing" });
    expect(failureOf(error, SERVER)).toEqual({
      what: "mail.lab:25 closes the connection: 421 closing",
      mend: "it is tried again; if it lasts, ask its operator",
    });
  });

  it.each([
    ["CONN", 421, "421 too many connections"],
    ["DATA", 554, "554 5.7.1 spam"],
    ["MAIL FROM", 553, "553 who is that"],
  ])("of something else at %s: %i", (command, responseCode, response) => {
    expect(refusesClient(smtpError("x", { command, responseCode, response }))).toBe(false);
  });
});
