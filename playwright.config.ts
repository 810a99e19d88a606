import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "scenarios/browser",
  testMatch: "**/*.spec.ts",
  outputDir: "reports/browser",
  // A spec that needs a second try has found a bug in the product.
  retries: 0,
  forbidOnly: true,
  fullyParallel: true,
  // Most of them wait for the issuer's clock and not for the processor.
  workers: 2,
  timeout: 60_000,
  // Nobody waits for a guess: what is expected comes with an event, on machines that others keep busy, too.
  expect: { timeout: 20_000 },
  reporter: [["list"], ["json", { outputFile: "reports/browser.json" }]],
  use: {
    // All that is known of a failure is in one folder: these, and the journal and the sequence picture of `holdfast/playwright`.
    // Where Playwright's own browsers are installed, a video could be had; the trace has a film strip.
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
