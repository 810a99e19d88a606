import fc from "fast-check";
import { expect, test } from "vitest";
import { hasDuplicateNames } from "./duplicate-names.ts";

test.each([
  '{"a":1,"a":1}',
  '{ "a" : 1 , "a" : 2 }',
  '{"a"\n:1,"b":2,"a"\t:3}',
  '{"sub":"x","s\\u0075b":"y"}',
  '{"x":{"a":1,"a":2}}',
  '[{"a":1},{"a":1,"a":2}]',
  '{"a":[{}],"a":1}',
  '{"a":{"b":1},"a":1}',
  '{"":1,"":2}',
  '{"a\\"":1,"a\\"":2}',
  '{"__proto__":1,"__proto__":2}',
])("finds them in %s", (json) => {
  expect(hasDuplicateNames(json)).toBe(true);
});

test.each([
  "{}",
  "[]",
  '"a"',
  '{"a":"a"}',
  '{"a":"\\"a\\":1","b":"a"}',
  '{"a":1,"A":1}',
  '{"a":{"a":{"a":1}}}',
  '{"x":{"a":1},"y":{"a":1}}',
  '[{"a":1},{"a":1}]',
  '{"x":[{"a":1}],"a":1}',
  '{"a":"{","b":"}","c":"[\\\\"}',
  '["a","a",{"a":"a"}]',
  '{"a":["b","b"],"b":1}',
])("finds none in %s", (json) => {
  expect(hasDuplicateNames(json)).toBe(false);
});

test("finds none in what JSON.stringify makes, and one where a name is put in twice", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, at) => {
      const json = JSON.stringify(value);
      expect(hasDuplicateNames(json)).toBe(false);
      const names = Object.keys(value);
      const twice = JSON.stringify(names[at % names.length]);
      expect(hasDuplicateNames(`${json.slice(0, -1)},${twice}:0}`)).toBe(true);
    }),
  );
});
