import { defineConfig } from "vitest/config";

/** For Stryker, which chooses the directory, the tests and what it says of them. */
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    retry: 0,
    // A mutant that waits for ever is found out soon; the slowest test of src takes a tenth of this, on an idle machine.
    testTimeout: 8_000,
    hookTimeout: 8_000,
    reporters: [],
  },
});
