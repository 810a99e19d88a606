#!/usr/bin/env node
import * as modules from "node:module";

// An older Node would end in the middle of somebody's code, in words that name neither Holdfast nor Node.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `error BAD_USAGE: expected Node 22.18 or later, got ${process.versions.node}\n  npm install --save-dev node@24 gives this project its own, which npx and npm scripts find\n`,
  );
  process.exit(2);
}

// JavaScript, so that the second time nothing has to read TypeScript: what was read and compiled is still there. That is half of a
// command's start, and it must be said before anything is imported.
modules.enableCompileCache();
await import("./main.ts");
