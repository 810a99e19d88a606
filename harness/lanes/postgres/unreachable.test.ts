import { expect, it } from "vitest";
import { unreachable } from "./unreachable.ts";

it.each([
  ["postgres://ada:hunter2@db.example:6543/app", "db.example:6543"],
  ["postgres://db.example/app", "db.example:5432"],
  ["postgres://ada:47#hunter2@db.example/app", "DATABASE_URL"],
  ["nowhere", "DATABASE_URL"],
])("of %s it names %s, and no part of a password", (url, place) => {
  const { message } = unreachable(url, Object.assign(new Error("no"), { code: "ECONNREFUSED" }));
  expect(message).toBe(`expected a Postgres server at ${place}, got ECONNREFUSED`);
});
