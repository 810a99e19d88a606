import { expect, it } from "vitest";
import { fifo } from "./fifo.ts";
import { searchOf } from "./tree.testing.ts";

it("takes choice 0 to the end, once, whatever the seed and the budget", async () => {
  const search = searchOf((path) => (path.length < 7 ? 3 : 0), { schedules: 50, seed: 9 });
  await fifo.search(search);
  expect(search.ran).toEqual([[0, 0, 0, 0, 0, 0, 0]]);
});
