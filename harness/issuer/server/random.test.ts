import { expect, test } from "vitest";
import { randomSource } from "./random.ts";

test("gives as many bytes as are asked for, and none of them twice, also across its draws", () => {
  const randomBytes = randomSource();
  const lengths = Array.from({ length: 3_000 }, (_, index) => 16 + (index % 17));
  const given = lengths.map((length) => randomBytes(length));
  expect(given.map(({ length }) => length)).toEqual(lengths);
  expect(new Set(given.map((bytes) => Buffer.from(bytes).toString("hex"))).size).toBe(3_000);
  const places = given.map(({ buffer, byteOffset, length }) => ({ buffer, from: byteOffset, to: byteOffset + length }));
  expect(places.filter((one, index) => places[index - 1]?.buffer === one.buffer && one.from < (places[index - 1]?.to ?? 0))).toEqual([]);
});

test("gives more than it draws at once", () => {
  expect(randomSource()(100_000)).toHaveLength(100_000);
});
