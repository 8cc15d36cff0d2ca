import { expect, it } from "vitest";
import { heloOf } from "../../src/mail/server.ts";

const NOTHING = { smtpHelo: undefined, from: undefined, pageUrl: undefined };
const ALL = { smtpHelo: "mx.lab.org", from: "Queue <qm@lab.org>", pageUrl: "http://queue.uni.edu:8000/qm" };

it.each([
  ["Smtp_Helo", ALL, "lab1.lab.org", "mx.lab.org"],
  ["the machine's full name", { ...ALL, smtpHelo: undefined }, "lab1.lab.org", "lab1.lab.org"],
  ["the domain of From", { ...ALL, smtpHelo: undefined }, "lab1", "lab.org"],
  ["the domain of From in ASCII", { ...NOTHING, from: "qm@münchen.de" }, "lab1", "xn--mnchen-3ya.de"],
  ["the domain of Page_Url", { ...ALL, smtpHelo: undefined, from: undefined }, "lab1", "queue.uni.edu"],
  [
    "an address, where nothing has a domain",
    { ...NOTHING, pageUrl: "http://lab1:8000" },
    "lab1",
    "[127.0.0.1]",
  ],
  ["no address of a page", { ...NOTHING, pageUrl: "http://192.168.1.5:8000" }, "lab1", "[127.0.0.1]"],
  ["no name that others do not know", { ...NOTHING, from: "qm@lab.org" }, "lab1.localdomain", "lab.org"],
  ["no name that SMTP does not allow", { ...NOTHING, from: "qm@lab.org" }, "lab_1.lab.org", "lab.org"],
])("a machine calls itself by %s", (_what, settings, hostName, name) => {
  expect(heloOf(settings, hostName)).toBe(name);
});
