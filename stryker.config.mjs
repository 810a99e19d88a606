/** How `npm run mutate` mutates one directory of `src`; `scenarios/mutation/mutate.testing.ts` adds which one, and where its reports go. */
export default {
  testRunner: "vitest",
  vitest: {
    configFile: "vitest.mutation.config.ts",
    // The tests of the mutated directory are chosen by `dir`; which of them cover a mutant is measured.
    related: false,
  },
  coverageAnalysis: "perTest",
  // TypeScript 7 has no compiler API, so mutants that do not compile cannot be told: they count like any other.
  checkers: [],
  concurrency: 2,
  incremental: true,
  reporters: ["clear-text", "progress-append-only", "html", "json"],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  // 85 is the bar that each directory has to pass: below it the command fails.
  thresholds: { high: 95, low: 90, break: 85 },
  // What the tests of src do not need is not copied. Stryker would rewrite the paths of tsconfig.json with the compiler's API.
  ignorePatterns: ["harness", "scenarios", "fixtures", "docs", "reports", ".changeset", ".ci", "tsconfig.json"],
  tempDirName: "reports/mutation/sandbox",
  allowConsoleColors: false,
};
