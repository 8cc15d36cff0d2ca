import { beforeEach, describe, expect, it } from "vitest";
import { HealthCheck } from "../../src/worker/health.ts";
import { scratchFolder } from "../support/scratch.ts";
import { until } from "../support/until.ts";

let changes: number;
let command: string | undefined;
let check: HealthCheck;

beforeEach(() => {
  changes = 0;
  const qmFolder = scratchFolder();
  const settings = () => ({ command, qmFolder, worker: "lab2", jobEnvironment: { DATA: "/data" } });
  check = new HealthCheck(settings, () => (changes += 1), 0.5);
});

async function answered(): Promise<string | undefined> {
  check.attend(0);
  await until("the answer", () => changes > 0);
  return check.why;
}

describe("the health of a machine", () => {
  it("is always good without a command", () => {
    command = undefined;
    check.attend(0);
    expect(check.why).toBeUndefined();
  });

  it("is not known before the first answer, and good where the command ends with 0", async () => {
    command = 'test "$DATA $QM_WORKER" = "/data lab2" && test "$PWD" = "$QM_FOLDER"';
    expect(check.why).toBe("its Health is being looked at");
    expect(await answered()).toBeUndefined();
  });

  it.each([
    ["echo; echo no GPU; echo more; exit 3", "Health: no GPU"],
    ["echo bad disk >&2; exit 1", "Health: bad disk"],
    ["exit 4", "Health: it ended with 4"],
    ["sleep 60", "Health: it took longer than 0.5 s"],
  ])("is bad after %s", async (line, why) => {
    command = line;
    expect(await answered()).toBe(why);
  });

  it("is looked at once a minute, and anew with another command", async () => {
    command = "exit 1";
    expect(await answered()).toBe("Health: it ended with 1");
    check.attend(59_999);
    command = "true";
    expect(check.why).toBe("its Health is being looked at");
    changes = 0;
    expect(await answered()).toBeUndefined();
  });
});
