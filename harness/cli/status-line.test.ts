import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StatusLine, timeLeft } from "./status-line.ts";

const CLEAR = "\r\x1b[2K";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function line(stream: { readonly isTTY?: boolean; readonly columns?: number }, parts: readonly string[] = ["one", "two", "three"]) {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const seconds: number[] = [];
  const status = new StatusLine({ ...stream, write } as unknown as NodeJS.WriteStream, (at) => {
    seconds.push(at);
    return parts;
  });
  return { status, written, seconds };
}

describe("on a terminal", () => {
  it("is drawn over itself, at most ten times a second, but always at the end", () => {
    const { status, written, seconds } = line({ isTTY: true, columns: 80 });
    for (let time = 0; time < 100; time++) {
      vi.advanceTimersByTime(10);
      status.changed();
    }
    status.changed(true);
    expect(written).toEqual(Array.from({ length: 11 }, () => `${CLEAR}one · two · three`));
    expect(seconds.at(-1)).toBeCloseTo(1);
  });

  it.each([
    [80, "one · two · three"],
    [17, "one · two"],
    [10, "one · two"],
    [9, "one"],
    [3, "on"],
  ])("of %i columns says as much as there is room for, without touching the last one", (columns, expected) => {
    const { status, written } = line({ isTTY: true, columns });
    status.changed(true);
    expect(written).toEqual([CLEAR + expected]);
  });

  it("that does not know its width is taken for one of 80 columns", () => {
    for (const columns of [undefined, 0]) {
      const { status, written } = line({ isTTY: true, ...(columns === undefined ? {} : { columns }) }, ["x".repeat(100)]);
      status.changed(true);
      expect(written).toEqual([CLEAR + "x".repeat(79)]);
    }
  });

  it("makes way for what is said in between, and for what is printed next", () => {
    const { status, written } = line({ isTTY: true });
    status.interject("Stopping.\n");
    status.clear();
    expect(written).toEqual([CLEAR, "Stopping.\n", CLEAR]);
  });
});

describe("where there is no terminal", () => {
  it("is a line every thirty seconds, and none for what is done before", () => {
    const { status, written } = line({});
    for (let second = 1; second <= 75; second++) {
      vi.advanceTimersByTime(1_000);
      status.changed();
    }
    status.changed(true);
    expect(written).toEqual(["one · two · three\n", "one · two · three\n"]);
  });

  it("says in between what there is to say, and takes nothing away", () => {
    const { status, written } = line({});
    status.interject("Stopping.\n");
    status.clear();
    expect(written).toEqual(["Stopping.\n"]);
  });
});

describe("the time that is left", () => {
  it.each([
    [50, 9.4, "0:09 left"],
    [50, 59.6, "1:00 left"],
    [25, 83 / 3, "1:23 left"],
    [50, 3_599, "59:59 left"],
    [50, 3_661, "1:01:01 left"],
    [99, 9.9, "0:00 left"],
    [100, 10, "0:00 left"],
  ])("of %i in a hundred after %f s is %s", (done, seconds, text) => {
    expect(timeLeft(done, 100, seconds)).toEqual([text]);
  });

  it("is left open while nothing is done, and in the first seconds", () => {
    expect([timeLeft(0, 100, 10), timeLeft(1, 100, 2.9)]).toEqual([[], []]);
  });
});
