import { defineConfig } from "vitest/config";

/** For Stryker, which chooses the directory, the tests and what it says of them. */
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    retry: 0,
    // A mutant that waits for ever is found out sooner than in `vitest.config.ts`; no test of src comes near.
    testTimeout: 10_000,
    reporters: [],
  },
});
