import fc from "fast-check";
import * as library from "../../harness/library/index.ts";
import type { Surroundings } from "../examples.testing.ts";

/** What stands around the examples of what `holdfast` exports: the rest of it. */
export const LIBRARY: Surroundings = {
  explore: library,
  replay: library,
  stories: { fc },
  storyCells: { fc, explore: library.explore },
  defineTarget: { answer: () => new Response() },
};
