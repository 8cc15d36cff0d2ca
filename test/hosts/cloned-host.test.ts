import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Host } from "../support/host.ts";
import { hostsOrSkip, makeHosts } from "../support/hosts.ts";
import { Laboratory, OF_A_HOST } from "./laboratory.ts";

const JOBS = 6;
/** Beside the configuration, all by which a worker knows its machine. */
const OF_THE_DISK = ["state", "machine-id"];

describe.runIf(hostsOrSkip())("a machine that was cloned with its worker's records", () => {
  it("is refused while the other is heard of, and no job of that runs twice", async () => {
    const hosts = await makeHosts(3, (number) => (number < 3 ? OF_A_HOST : {}));
    const [manager, second, third] = hosts.hosts as [Host, Host, Host];
    const laboratory = await Laboratory.open({ ...hosts, hosts: [manager, second] });
    for (let job = 1; job <= JOBS; job += 1) await laboratory.deliver(`job-${job}`, 2 + job);
    await laboratory.busy(second);
    for (const name of OF_THE_DISK)
      fs.cpSync(path.join(second.folder, name), path.join(third.folder, name), { recursive: true });
    const clone = third.qm("worker", "--name", "lab2");
    expect(await clone.end(), clone.said).toBe(4);
    expect(clone.said).toContain("the name lab2 is that of another machine, lab2");
    await laboratory.ended(JOBS);
    laboratory.expectEachOnce();
  });
});
