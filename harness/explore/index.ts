import { exhaustive } from "./exhaustive.ts";
import type { Explorer } from "./explorer.ts";
import { fifo } from "./fifo.ts";
import { random } from "./random.ts";

/** Every explorer by name. */
export const EXPLORERS: ReadonlyMap<string, Explorer> = new Map([fifo, random, exhaustive].map((explorer) => [explorer.name, explorer]));
