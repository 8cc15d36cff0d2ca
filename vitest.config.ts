import { defineConfig } from "vitest/config";

const APART = ["test/{bench,browser,faults,hosts,mounts,system}/**"];

/** They change the modules that they load. */
const ALONE = ["test/system/added-field.test.ts"];

export default defineConfig({
  test: {
    setupFiles: ["test/support/setup.ts"],
    globalSetup: ["test/support/state-home.ts"],
    // Longer than any wait within a test, so that a wait in vain tells what for.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: APART, isolate: false },
      },
      {
        extends: true,
        test: { name: "system", include: ["test/system/**/*.test.ts"], exclude: ALONE, isolate: false },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
      {
        extends: true,
        test: { name: "apart", include: ["test/{bench,browser,faults,hosts,mounts}/**/*.test.ts"] },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: {
        lines: 85,
        "src/{text,job,plan}/**": { lines: 95 },
      },
    },
  },
});
