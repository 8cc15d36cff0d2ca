import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { claimName, makeClaim, readClaims, removeClaims } from "../../../src/queue/workers/claim.ts";
import { fill, namesIn, scratchFolder } from "../../support/scratch.ts";

let job: string;

beforeEach(() => {
  job = path.join(scratchFolder(), "job");
  fill(job, { ".qm/job.json": "{}" });
});

const CLAIM = { version: 1 as const, id: "one", machineId: "m", bootId: "b" };

function failing(code: string): never {
  throw Object.assign(new Error(code), { code });
}

describe("a claim on a job", () => {
  it("is there once it was made", async () => {
    await makeClaim(job, claimName("lab2", "run"), CLAIM);
    expect(readClaims(job)).toEqual([{ name: "claim.lab2.run", claim: CLAIM }]);
  });

  it("stays with the first of that name", async () => {
    await makeClaim(job, claimName("lab2", "run"), CLAIM);
    await makeClaim(job, claimName("lab2", "run"), { ...CLAIM, id: "two" });
    expect(readClaims(job)).toMatchObject([{ claim: { id: "one" } }]);
  });

  it("is whole or not there when its maker is killed, and is made at its next start", async () => {
    const link = vi.spyOn(fs, "linkSync").mockImplementation(() => failing("killed"));
    const remove = vi.spyOn(fs, "rmSync").mockReturnValue();
    await expect(makeClaim(job, claimName("lab2", "run"), CLAIM)).rejects.toThrow("killed");
    link.mockRestore();
    remove.mockRestore();
    expect(readClaims(job)).toEqual([]);
    await makeClaim(job, claimName("lab2", "run"), CLAIM);
    expect(readClaims(job)).toEqual([{ name: "claim.lab2.run", claim: CLAIM }]);
    expect(namesIn(path.join(job, ".qm"))).toEqual(["claim.lab2.run", "job.json"]);
  });

  it("is made where the file system has no links", async () => {
    const link = vi.spyOn(fs, "linkSync").mockImplementation(() => failing("EPERM"));
    await makeClaim(job, claimName("lab2", "run"), CLAIM);
    await makeClaim(job, claimName("lab2", "run"), { ...CLAIM, id: "two" });
    link.mockRestore();
    expect(readClaims(job)).toMatchObject([{ claim: { id: "one" } }]);
  });

  it("is seen beside that of another worker", async () => {
    await makeClaim(job, claimName("lab2", "run"), CLAIM);
    await makeClaim(job, claimName("lab3", "run"), CLAIM);
    expect(readClaims(job).map(({ name }) => name)).toEqual(["claim.lab2.run", "claim.lab3.run"]);
  });

  it("that is torn is there too", () => {
    fs.writeFileSync(path.join(job, ".qm", "claim.lab2.run"), "{");
    expect(readClaims(job)).toEqual([{ name: "claim.lab2.run", claim: undefined }]);
  });

  it("is refused in a folder that is not there", async () => {
    await expect(makeClaim(path.join(job, "x"), "claim.a.b", CLAIM)).rejects.toThrow("ENOENT");
    expect(readClaims(path.join(job, "x"))).toEqual([]);
  });

  it("is removed with all others, and nothing else is", async () => {
    await makeClaim(job, claimName("lab2", "run"), CLAIM);
    fs.writeFileSync(path.join(job, ".qm", ".claim.lab3.run.two"), "{");
    removeClaims(job);
    removeClaims(path.join(job, "x"));
    expect(namesIn(path.join(job, ".qm"))).toEqual(["job.json"]);
  });
});
