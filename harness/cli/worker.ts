import { enableCompileCache } from "node:module";

// A thread does not inherit it, and spends half of its start on reading the sources. It must stand before they are loaded.
enableCompileCache();
export const { cell, part, trace, world } = await import("./work.ts");
