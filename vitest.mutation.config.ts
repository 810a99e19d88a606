import { defineConfig } from "vitest/config";

/** For Stryker, which chooses the directory, the tests and what it says of them. */
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    retry: 0,
    // A mutant that waits for ever is found out soon; the slowest test of src takes a fifth of this.
    testTimeout: 4_000,
    hookTimeout: 4_000,
    reporters: [],
  },
});
