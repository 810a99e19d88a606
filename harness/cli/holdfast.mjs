#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// JavaScript, so that the second time nothing has to read TypeScript: what was read and compiled is still there. That is half of a
// command's start, and it must be said before anything is imported.
enableCompileCache();
await import("./main.ts");
