import { expect, test } from "vitest";
import { peopleOf } from "../people.ts";
import { itemsNamed, PLAN } from "./index.ts";
import { PLAN_NAMES } from "./names.ts";

test("the plan has the items that it names, in that order", () => {
  expect(PLAN.map(({ name }) => name)).toEqual(PLAN_NAMES);
});

test("an item goes by its name, and several by what they begin with", () => {
  expect(itemsNamed(["restart", "race"]).map(({ name }) => name)).toEqual(["race", "restart"]);
  expect(itemsNamed(["outage"]).every(({ name }) => name.startsWith("outage-"))).toBe(true);
  expect(() => itemsNamed(["rac"])).toThrow('expected an item of the plan, got "rac"');
});

test("an answer that shows one person of the cast shows no other", () => {
  const names = PLAN_NAMES.flatMap((item) => Object.values(peopleOf(item)).flatMap(({ id, email }) => [id, email]));
  expect(names.filter((name) => names.some((other) => other !== name && other.includes(name)))).toEqual([]);
});
