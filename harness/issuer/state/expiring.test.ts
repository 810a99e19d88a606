import { expect, test } from "vitest";
import { Expiring } from "./expiring.ts";

test("what is long over is forgotten when the next one comes", () => {
  let now = 0;
  const codes = new Expiring<{ expiresAt: number }>(() => now);
  for (; now < 100_000; now++) codes.set(`code ${now}`, { expiresAt: now + 10 });
  expect([codes.size, codes.live().length]).toEqual([10, 9]);
});

test("it can be told from what never was for as long as that is wanted", () => {
  let now = 0;
  const codes = new Expiring<{ expiresAt: number }>(() => now, 5);
  codes.set("old", { expiresAt: 10 });
  now = 14;
  codes.set("new", { expiresAt: 24 });
  expect([codes.get("old"), codes.live().length]).toEqual([{ expiresAt: 10 }, 1]);
  now = 15;
  codes.set("newest", { expiresAt: 25 });
  expect(codes.get("old")).toBeUndefined();
});
