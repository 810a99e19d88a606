import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TimedRun, TimedSpec } from "../model/timed.ts";
import { TimedProgress } from "./timed-progress.ts";
import type { TimedWork } from "./work.ts";

const DAY = 86_400_000;
const works = Array.from({ length: 4 }, (_, run): TimedWork => ({ run, spec: { days: 14 } as TimedSpec })) as [TimedWork, ...TimedWork[]];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

it("the progress of a measurement says how many worlds are done, how much time has passed in them, and when the rest will be", () => {
  const lines: string[] = [];
  const write = (text: string) => lines.push(text.replace("\r\x1b[2K", ""));
  const progress = new TimedProgress(works, { isTTY: true, columns: 80, write } as unknown as NodeJS.WriteStream);
  vi.advanceTimersByTime(2_000);
  progress.running(works[0], 7 * DAY);
  vi.advanceTimersByTime(2_000);
  progress.done(works[0], {} as TimedRun);
  progress.clear();
  progress.interject("Stopping.\n");
  expect(lines).toEqual([
    "0/4 worlds · 1.0 of 8.0 weeks, 0.50/s",
    "1/4 worlds · 2.0 of 8.0 weeks, 0.50/s · 0:12 left",
    "",
    "",
    "Stopping.\n",
  ]);
});
