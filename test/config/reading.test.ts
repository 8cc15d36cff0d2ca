import { describe, expect, it } from "vitest";
import { loaded, problemsOf, told } from "./config-fixture.ts";

describe("passwords", () => {
  it("are masked in the settings and kept in the configuration", () => {
    const text = "[Mail]\nSmtp = smtp://qm:s3cret@mail.lab.org\n[JobEnvironment]\nAPI_TOKEN = s3cret\n";
    const { config, settings } = loaded(text);
    expect(config.mail.smtpUrl).toContain("s3cret");
    expect(config.jobEnvironment["API_TOKEN"]).toBe("s3cret");
    expect(JSON.stringify(settings)).not.toContain("s3cret");
    expect(settings.find(({ key }) => key === "Smtp")?.value).toBe("smtp://qm:***@mail.lab.org");
  });

  it.each([
    "smtp://qm:s3cret@lab.org/box",
    "qm:s3cret@lab.org",
    "smtp://qm:s3/c@ret@ lab.org",
    "smtp:/qm:s3cret@lab",
  ])("do not appear in the problem of %s", (address) => {
    const [problem] = told(problemsOf(`[Mail]\nSmtp = ${address}\n`));
    expect(problem).toContain(":***@");
    expect(problem).not.toMatch(/s3|ret@/);
  });
});
