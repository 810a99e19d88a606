import { expect, test } from "vitest";
import { createMemoryEventLog, type EventRange } from "./event-log.ts";

const event = (text: string) => ({ kind: "note", text, at: 0 });
const told = ({ first, events, total }: EventRange) => [first, events.map(({ text }) => text), total];

test("events keep their places, and a range has what there is of it", () => {
  const log = createMemoryEventLog();
  for (const text of ["a", "b", "c"]) log.append("ws_1", event(text));
  log.append("ws_2", event("other"));
  expect(told(log.range("ws_1", 1, 10))).toEqual([1, ["b", "c"], 3]);
  expect(told(log.range("ws_1", 3, 10))).toEqual([3, [], 3]);
  expect(told(log.newest("ws_1", 2))).toEqual([1, ["b", "c"], 3]);
  expect(told(log.newest("ws_1", 10))).toEqual([0, ["a", "b", "c"], 3]);
  expect(told(log.newest("ws_3", 10))).toEqual([0, [], 0]);
});

test("those who listen are told of their workspace's events, until they do not listen any more", () => {
  const log = createMemoryEventLog();
  const heard: unknown[] = [];
  const ends = ["one", "two"].map((name) => log.subscribe("ws_1", (range) => heard.push([name, ...told(range)])));
  log.append("ws_1", event("a"));
  log.append("ws_2", event("other"));
  ends[0]?.();
  ends[0]?.();
  log.append("ws_1", event("b"));
  ends[1]?.();
  log.append("ws_1", event("c"));
  expect(heard).toEqual([
    ["one", 0, ["a"], 1],
    ["two", 0, ["a"], 1],
    ["two", 1, ["b"], 2],
  ]);
});
