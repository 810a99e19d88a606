import { describe, expect, test } from "vitest";
import { createRows } from "./rows.js";

const row = (text: string) => ({ kind: "note", text, at: "2030-01-01T00:00:00.000Z" });
const some = (first: number, count: number) => Array.from({ length: count }, (_, index) => row(`${first + index}`));

describe("the rows of a stream", () => {
  test("are kept once they were had, whatever comes later", () => {
    const rows = createRows();
    rows.add({ first: 90, events: some(90, 10), total: 100 });
    rows.add({ first: 0, events: some(0, 10), total: 100 });
    rows.add({ first: 100, events: some(100, 1), total: 101 });
    expect([rows.at(0)?.text, rows.at(99)?.text, rows.at(100)?.text, rows.at(50), rows.total]).toEqual(["0", "99", "100", null, 101]);
  });

  test("do not become fewer by an answer that is late", () => {
    const rows = createRows();
    rows.add({ first: 100, events: some(100, 1), total: 101 });
    rows.add({ first: 0, events: some(0, 1), total: 100 });
    expect(rows.total).toBe(101);
  });

  test("are asked for once, without those that are there at either end, and at most 200 at a time", () => {
    const rows = createRows();
    rows.add({ first: 990, events: some(990, 10), total: 1_000 });
    expect(rows.missing(985, 1_000)).toEqual({ first: 985, count: 5 });
    expect(rows.missing(990, 1_000)).toBeNull();
    expect(rows.missing(0, 990)).toEqual({ first: 0, count: 200 });
    rows.ask({ first: 985, count: 5 });
    expect(rows.missing(985, 1_000)).toBeNull();
    expect(rows.missing(980, 1_000)).toEqual({ first: 980, count: 5 });
  });

  test("are asked for again when nobody answers any more", () => {
    const rows = createRows();
    rows.add({ first: 0, events: [], total: 10 });
    rows.ask({ first: 0, count: 10 });
    rows.forgetQuestions();
    expect(rows.missing(0, 10)).toEqual({ first: 0, count: 10 });
  });

  test("that are to be there are those that are seen, some more on either side, and none that are not", () => {
    const rows = createRows();
    rows.add({ first: 0, events: some(0, 1), total: 100 });
    expect(rows.window({ top: 0, height: 200, rowHeight: 20 })).toEqual({ from: 0, until: 25 });
    expect(rows.window({ top: 1_000, height: 200, rowHeight: 20 })).toEqual({ from: 35, until: 75 });
    expect(rows.window({ top: 1_800, height: 200, rowHeight: 20 })).toEqual({ from: 75, until: 100 });
    // As long as the browser has not noticed that the list is shorter.
    expect(rows.window({ top: 9_000, height: 200, rowHeight: 20 })).toEqual({ from: 100, until: 100 });
    expect(createRows().window({ top: 0, height: 200, rowHeight: 20 })).toEqual({ from: 0, until: 0 });
  });
});
