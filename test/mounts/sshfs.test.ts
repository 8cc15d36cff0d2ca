import { describe, it } from "vitest";
import { OF_A_HOST } from "../hosts/laboratory.ts";
import { SFTP } from "../support/file-servers.ts";
import { guestsOrSkip, makeGuests } from "../support/guests.ts";
import { workThrough } from "./working-day.ts";

describe.runIf(guestsOrSkip(SFTP))("three hosts on sshfs", { timeout: 1_800_000 }, () => {
  it("run each job once, show its log and end it where a person asks for it", async () => {
    await workThrough(await makeGuests(3, { kind: SFTP, mount: "dcache_timeout=1", config: OF_A_HOST }));
  });
});
