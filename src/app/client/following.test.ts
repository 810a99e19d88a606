import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFollowing } from "./following.js";

let place: EventTarget & { scrollHeight: number; clientHeight: number; scrollTop: number };
let following: ReturnType<typeof createFollowing>;
let changes: number;
let ending: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  changes = 0;
  ending = new AbortController();
  place = Object.assign(new EventTarget(), { scrollHeight: 1_000, clientHeight: 200, scrollTop: 800 });
  following = create(true);
});
afterEach(() => {
  vi.useRealTimers();
});

const create = (isNew: boolean) =>
  createFollowing(place as unknown as HTMLElement, { changed: () => changes++, isNew, signal: ending.signal });
const say = (type: string, more: object = {}) => place.dispatchEvent(Object.assign(new Event(type), more));

function scrollTo(top: number): void {
  place.scrollTop = top;
  say("scroll");
}

describe("a reader at the end", () => {
  test("is taken along by what is added, as long as nobody has moved", () => {
    expect([following.now, following.wanted, following.isAtEnd()]).toEqual([true, true, true]);
    place.scrollHeight = 1_100;
    expect([following.now, following.wanted]).toEqual([false, true]);
    following.toEnd();
    // A browser stops at the last position that there is.
    scrollTo(900);
    expect(following.now).toBe(true);
  });

  test.each([
    ["wheel", { deltaY: -1 }],
    ["keydown", { key: "PageUp" }],
    ["keydown", { key: " ", shiftKey: true }],
  ])("is not, from the first sign of a hand that goes up: %s %o", (type, more) => {
    say(type, more);
    // The browser has scrolled, and the script has not been told yet.
    expect([following.now, following.wanted, following.isAtEnd()]).toEqual([false, false, true]);
    vi.advanceTimersByTime(400);
    scrollTo(799);
    vi.advanceTimersByTime(400);
    scrollTo(300);
    vi.advanceTimersByTime(500);
    expect([following.now, following.wanted]).toEqual([false, false]);
  });

  test("is not, when a finger pulls what is above into view", () => {
    say("touchstart", { touches: [{ clientY: 100 }] });
    say("touchmove", { touches: [{ clientY: 90 }] });
    expect(following.wanted).toBe(true);
    say("touchmove", { touches: [{ clientY: 110 }] });
    expect(following.wanted).toBe(false);
  });

  test.each([
    ["wheel", { deltaY: 1 }],
    ["keydown", { key: "ArrowDown" }],
    ["keydown", { key: " ", shiftKey: false }],
  ])("is, whatever goes down: %s %o", (type, more) => {
    say(type, more);
    expect(following.now).toBe(true);
  });

  test("is again, when a hand went up in vain", () => {
    say("wheel", { deltaY: -1 });
    vi.advanceTimersByTime(500);
    expect([following.now, changes]).toEqual([true, 1]);
  });
});

describe("a reader elsewhere", () => {
  test("stays there who comes back to it, and whoever was at the end is there again", () => {
    place.scrollTop = 300;
    expect([create(false).wanted, create(true).wanted]).toEqual([false, true]);
    place.scrollTop = 800;
    expect(create(false).wanted).toBe(true);
  });

  test("is not taken along, and is again at the end", () => {
    scrollTo(300);
    expect([following.now, following.wanted]).toEqual([false, false]);
    scrollTo(799.5);
    expect([following.now, following.wanted, changes]).toEqual([true, true, 2]);
  });

  test("is taken to the end on demand, in the middle of a movement too", () => {
    say("wheel", { deltaY: -1 });
    scrollTo(300);
    following.toEnd();
    expect([place.scrollTop, following.wanted]).toEqual([1_000, true]);
    vi.advanceTimersByTime(1_000);
    expect(following.wanted).toBe(true);
  });
});

test("nothing is told once it is over", () => {
  say("wheel", { deltaY: -1 });
  ending.abort();
  vi.advanceTimersByTime(1_000);
  scrollTo(300);
  expect(changes).toBe(0);
});
