import { describe, expect, it } from "vitest";
import type { Host } from "../support/host.ts";
import { hostsOrSkip, makeHosts } from "../support/hosts.ts";
import { pause, until } from "../support/until.ts";
import { Laboratory, OF_A_HOST } from "./laboratory.ts";

const JOBS = 24;
/** The next manager, which has heard of none of them, leaves them alone too. */
const LEFT_ALONE_MS = 3000;

describe.runIf(hostsOrSkip())("hosts that are silent for longer than a worker counts as alive", () => {
  it("keep their jobs, get no more, and are adopted with what they ran, but for what was given up", async () => {
    const laboratory = await Laboratory.open(await makeHosts(3, () => OF_A_HOST));
    const [manager, second, third] = laboratory.hosts as [Host, Host, Host];
    for (let number = 1; number <= JOBS; number += 1)
      await laboratory.deliver(`job-${number}`, 2 + (number % 3));
    for (const host of laboratory.hosts) await laboratory.busy(host);
    await second.pause();
    third.cutOff();
    await until("two silent workers", () => laboratory.silent().length === 2);
    const held = await laboratory.heldBySilent();
    expect(held.length).toBeGreaterThan(0);
    const givenUp = await laboratory.giveUpOn(second);
    await laboratory.reboot(manager);
    await laboratory.ended(JOBS + 1 - (held.length - 1));
    await pause(LEFT_ALONE_MS);
    expect(laboratory.notEnded()).toEqual(held.filter((name) => name !== givenUp));
    await second.resume();
    third.reconnect();
    await laboratory.ended(JOBS + 1);
    laboratory.expectEachOnce();
  });
});
