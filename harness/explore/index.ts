import { delay } from "./delay.ts";
import { exhaustive } from "./exhaustive.ts";
import type { Explorer } from "./explorer.ts";
import { fifo } from "./fifo.ts";
import { pct } from "./pct.ts";
import { portfolio } from "./portfolio.ts";
import { random } from "./random.ts";

/** Every explorer by name. */
export const EXPLORERS: ReadonlyMap<string, Explorer> = new Map(
  [portfolio, fifo, random, pct, delay, exhaustive].map((explorer) => [explorer.name, explorer]),
);
