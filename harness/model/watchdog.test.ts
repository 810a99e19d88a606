import { describe, expect, it, vi } from "vitest";
import { guarded } from "./watchdog.ts";

describe("guarded", () => {
  it("hands on what comes in time", async () => {
    expect(await guarded("a cell", async () => 7)).toBe(7);
  });

  it("hands on an error", async () => {
    await expect(guarded("a cell", () => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  });

  it("gives up on what shows no sign of life, and not on what does", async () => {
    vi.useFakeTimers();
    try {
      let alive = () => {};
      const outcome = guarded("a cell", (sign) => new Promise(() => (alive = sign)), 1_000).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(900);
      alive();
      await vi.advanceTimersByTimeAsync(900);
      expect(vi.getTimerCount()).toBe(1);
      await vi.advanceTimersByTimeAsync(100);
      expect(await outcome).toMatchObject({ code: "STEP_LIMIT", exitStatus: 3 });
    } finally {
      vi.useRealTimers();
    }
  });
});
