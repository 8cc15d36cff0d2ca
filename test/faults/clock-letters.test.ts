import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { undeliveredLetters, waitingLetters } from "../manager/mail-fixture.ts";
import { TestMailServer } from "../support/smtp.ts";
import type { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";
import { withQueue } from "./own-queue.ts";
import { faketimeOrSkip, SteppedClock } from "./stepped-clock.ts";

const GIVE_UP_SECONDS = 15;
const LATER = { recipient: () => ({ code: 451, words: "ask again later" }) };

async function withServer(use: (server: TestMailServer) => Promise<void>): Promise<void> {
  const server = await TestMailServer.start({ behaviour: LATER });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

describe.runIf(faketimeOrSkip()).concurrent("a clock that is set while letters wait", () => {
  it.each([["+1d"], ["-1d"], ["+100d"]])("by %s makes none of them be given up or forgotten", async (by) => {
    await withServer((server) =>
      withQueue({ MailActive: "True" }, async (queue) => {
        queue.addConfig({ Mail: { Smtp: server.url, From: "qm@lab.org" } });
        await SteppedClock.use(queue, async (clock) => {
          await clock.startManager();
          await queueFailed("before");
          clock.step(by);
          await queueFailed("after");
          const triedBefore = server.connections;
          fs.writeFileSync(queue.layout.mailRequest, "send\n");
          await until("another try", () => server.connections > triedBefore);
          await until("both letters back", () => waitingLetters(queue).length === 2);
          expect(undeliveredLetters(queue)).toEqual([]);
          server.behaviour = {};
          fs.writeFileSync(queue.layout.mailRequest, "send\n");
          await server.took(2);
          await until("an empty outbox", () => waitingLetters(queue).length === 0);
          expect(new Set(server.mails.map(({ to }) => to[0]))).toEqual(
            new Set(["before@lab.org", "after@lab.org"]),
          );
          expect(undeliveredLetters(queue)).toEqual([]);
        });

        async function queueFailed(name: string): Promise<void> {
          queue.deliver(name, { script: "exit 3", e_mail: `${name}@lab.org` });
          expect(await queue.ended(name)).toMatchObject({ state: "failed" });
        }
      }),
    );
  });

  // The manager is older than that, as a manager usually is.
  it("by +1d gives none of them up before it was tried for as long as it is to be", async () => {
    await withServer((server) =>
      withQueue({ MailActive: "True" }, async (queue) => {
        queue.addConfig({
          Mail: { Smtp: server.url, From: "qm@lab.org", Mail_Give_Up: `${GIVE_UP_SECONDS}s` },
        });
        await SteppedClock.use(queue, async (clock) => {
          await clock.startManager();
          await until("an old manager", () => clock.trueSeconds > GIVE_UP_SECONDS + 1, {});
          const writtenSeconds = clock.trueSeconds;
          queue.deliver("fresh", { script: "exit 3", e_mail: "ada@lab.org" });
          await until("a try", () => timesRefused(queue) === 1);
          clock.step("+1d");
          fs.writeFileSync(queue.layout.mailRequest, "send\n");
          await until("another try", () => timesRefused(queue) === 2);
          await until(
            "it in its place",
            () => waitingLetters(queue).length + undeliveredLetters(queue).length === 1,
          );
          const given = undeliveredLetters(queue);
          if (clock.trueSeconds - writtenSeconds < GIVE_UP_SECONDS) expect(given).toEqual([]);
        });
      }),
    );
  });
});

function timesRefused({ said }: TestQueue): number {
  return said.split("mail refused").length - 1;
}
