import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // The package's own name stands for its sources here, and for what is built of them where it is installed.
  ssr: { resolve: { conditions: ["holdfast-source", ...defaultServerConditions] } },
  test: {
    include: ["harness/**/*.test.ts", "src/**/*.test.ts", "scenarios/**/*.test.ts", "fixtures/**/*.test.ts"],
    // As many files at once as there are cores; vitest would leave one idle, and on two cores take half as long again.
    maxWorkers: "100%",
    // A test that needs a second try has found a bug in the product.
    retry: 0,
    // Whole processes and real WorkOS code are tested here, on machines with two busy cores.
    testTimeout: 60_000,
    // A server is started there, which takes a second where nobody else is busy, and more than ten where everybody is.
    hookTimeout: 60_000,
    reporters: ["default", ["json", { outputFile: "reports/tests.json" }]],
  },
});
