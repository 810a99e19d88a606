import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const RUNS = resolve(import.meta.dirname, "determinism.testing.ts");
/** Ten seeds, two processes: 1,000 runs a target. */
const REPEATS = 50;

async function runs(): Promise<Record<string, string[]>> {
  const { stdout } = await promisify(execFile)(process.execPath, [RUNS, String(REPEATS)]);
  return JSON.parse(stdout);
}

describe("1,000 runs of each target, third-party code included, in two processes", () => {
  it("give the same trace hash for the same seed, every time", { timeout: 240_000 }, async () => {
    const [one, two] = await Promise.all([runs(), runs()]);

    expect(Object.keys(one)).toHaveLength(20);
    for (const [cell, hashes] of Object.entries(one)) {
      expect(hashes, cell).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
      expect(two[cell], cell).toEqual(hashes);
    }
    // Different seeds go different ways; equal hashes everywhere would mean that nothing was hashed.
    expect(new Set(Object.values(one).flat()).size).toBeGreaterThan(10);
  });
});
