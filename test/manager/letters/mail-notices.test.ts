import { expect, it } from "vitest";
import { type MailState, mailNotices } from "../../../src/manager/letters/mail-notices.ts";

const fine: MailState = {
  isActive: true,
  waitingCount: 0,
  undeliveredCount: 0,
  strangeCount: 0,
  failure: undefined,
  deferredCount: 0,
  warnings: [],
};
const failure = { what: "the mail server is away", mend: "start it" };

it.each<[string, Partial<MailState>, readonly string[]]>([
  ["all is sent", {}, []],
  ["mails wait and the server takes them", { waitingCount: 2 }, []],
  [
    "a mail waits and the server is away",
    { waitingCount: 1, failure },
    ["1 mail waits: the mail server is away; start it"],
  ],
  ["the server is away and nothing waits", { failure }, []],
  [
    "mails wait that the server has put off",
    { waitingCount: 2, deferredCount: 1 },
    ["2 mails wait: the mail server wants to be asked again later"],
  ],
  [
    "mails wait and none is sent at all",
    { waitingCount: 2, failure, isActive: false, warnings: ["the password can be read by all"] },
    ["2 mails wait, as MailActive is False"],
  ],
  [
    "everything is wrong",
    { undeliveredCount: 3, strangeCount: 1, warnings: ["the password can be read by all"] },
    [
      "3 mails could not be delivered: `qm mail` tells why",
      "1 file in the outbox is no letter: they lie in .qm/outbox/strange",
      "the password can be read by all",
    ],
  ],
])("people are told of mails what they ought to know where %s", (_, changes, notices) => {
  expect(mailNotices({ ...fine, ...changes })).toEqual(notices);
});
