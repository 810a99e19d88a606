import { expect, test } from "vitest";
import { type AuthorizationRequest, createInteractions } from "./interactions.ts";

const REQUEST = { client: { id: "web" }, organizationId: null } as AuthorizationRequest;

function open() {
  let now = 0;
  let drawn = 0;
  const randomBytes = (length: number) => Buffer.from(String(++drawn).padStart(length, "0"));
  const interactions = createInteractions({ now: () => now, randomBytes });
  return {
    interactions,
    begin: () => interactions.begin(REQUEST, null, null),
    advance(ms: number) {
      now += ms;
    },
  };
}

test("of more than a thousand the oldest goes: whoever reaches the page can begin one", () => {
  const { interactions, begin } = open();
  const begun = Array.from({ length: 1_001 }, begin);
  const found = begun.filter(({ interaction, browser }) => interactions.find(interaction.id, browser) === interaction);
  expect(found).toHaveLength(1_000);
  expect(found[0]).toBe(begun[1]);
});

test("one is found by the browser that began it, for ten minutes, until it is finished", () => {
  const { interactions, begin, advance } = open();
  const [first, second] = [begin(), begin()];
  expect(interactions.find(first.interaction.id, second.browser)).toBeNull();
  expect(interactions.find(first.interaction.id, null)).toBeNull();
  interactions.finish(second.interaction);
  expect(interactions.find(second.interaction.id, second.browser)).toBeNull();
  advance(599_999);
  expect(interactions.find(first.interaction.id, first.browser)).toBe(first.interaction);
  expect([interactions.deadlines(), interactions.state()]).toEqual([[600_000], [["web", null, 600_000]]]);
  advance(1);
  expect(interactions.find(first.interaction.id, first.browser)).toBeNull();
  expect([interactions.deadlines(), interactions.state()]).toEqual([[], []]);
});

test("a browser keeps its secret while it is on the way, and none that it made up", () => {
  const { interactions, begin } = open();
  const { browser } = begin();
  expect(interactions.begin(REQUEST, null, browser).browser).toBe(browser);
  expect(interactions.begin(REQUEST, null, "of its own choice").browser).not.toBe("of its own choice");
});
